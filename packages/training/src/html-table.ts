import { escapeMarkup } from './markup';

/** Options of `htmlTable`. */
export interface HtmlTableOptions {
  readonly titles: readonly string[];
  /** Numbers go right, and are printed as `String` prints them, so round before. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A table; one that is wider than the page scrolls by itself. All texts are escaped. */
export function htmlTable({ titles, rows }: HtmlTableOptions): string {
  const isNumber = titles.map((_, c) => rows.length > 0 && rows.every((row) => looksNumeric(row[c])));
  const cell = (tag: 'th' | 'td', text: string | number, c: number): string =>
    `<${tag}${isNumber[c] ? ' class="number"' : ''}>${escapeMarkup(String(text))}</${tag}>`;
  const head = titles.map((title, c) => cell('th', title, c)).join('');
  const body = rows.map((row) => `<tr>${titles.map((_, c) => cell('td', row[c] ?? '', c)).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function looksNumeric(value: string | number | undefined): boolean {
  return value === undefined || typeof value === 'number' || /^[-+±–]?[\d.,% ±–-]*$/.test(value);
}
