import { html, type Content, type Markup } from './markup';

/** A cell with more than its content. */
export interface Cell {
  readonly content: Content;
  readonly className?: string;
  /** CSS. */
  readonly style?: string;
  /** Shown on pointing at it. */
  readonly title?: string;
}

/** One row: its name, which stays in view when the table is scrolled, and its cells. */
export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** A table of the report, in a frame that scrolls when the page is narrower. */
export function table(options: {
  readonly className: string;
  /** Title of the names' column. */
  readonly title: string;
  /** Titles of the other columns. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}): Markup {
  const { className, title, columns, rows } = options;
  const head = columns.map((column): Content => html`<th scope="col"><span>${column}</span></th>`);
  return html`<div class="scroll">
    <table class="${className}">
      <thead>
        <tr>
          <th scope="col">${title}</th>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(tableRow)}
      </tbody>
    </table>
  </div>`;
}

function tableRow({ name, cells }: Row): Markup {
  return html`<tr>
    <th scope="row" title="${name}">${name}</th>
    ${cells.map(tableCell)}
  </tr>`;
}

function tableCell({ content, className, style, title }: Cell): Markup {
  return html`<td${attribute('class', className)}${attribute('style', style)}${attribute('title', title)}>${content}</td>`;
}

function attribute(name: string, value: string | undefined): Content {
  return value === undefined ? undefined : html` ${name}="${value}"`;
}
