/** What this package needs of stdout and stderr. */
export interface LineStream {
  /** False of a stream means that its reader is behind, and that it tells by 'drain' when there is room. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Functions that wrap a text in a terminal style, or return it as it is. */
export interface Style {
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

/** The styles for a stream: plain unless it is a terminal and NO_COLOR is unset or empty (https://no-color.org). */
export function styleOf(stream: LineStream): Style {
  const isPlain = stream.isTTY !== true || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  const wrap = (open: number, close: number) => (text: string) =>
    isPlain ? text : `\u001b[${open}m${text}\u001b[${close}m`;
  return { dim: wrap(2, 22), red: wrap(31, 39), yellow: wrap(33, 39) };
}
