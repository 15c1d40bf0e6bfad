/** A column of a text table. */
export interface TableColumn {
  readonly title: string;
  /** Numbers go right; the default is left. */
  readonly align?: 'left' | 'right';
}

/** Options of `formatTable`. */
export interface TableOptions {
  readonly columns: readonly TableColumn[];
  /** One row a line; a number is printed as `String` prints it, so round before. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A text table with a line under its titles, two spaces between columns and no space at line ends. */
export function formatTable({ columns, rows }: TableOptions): string {
  const body = rows.map((row) => columns.map((_, c) => String(row[c] ?? '')));
  const titles = columns.map((column) => column.title);
  const widths = titles.map((title, c) => body.reduce((width, row) => Math.max(width, row[c].length), title.length));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (columns[c].align === 'right' ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  return [line(titles), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}
