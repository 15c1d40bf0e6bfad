/** A parsed JSON object whose values are still to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object, no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The four finite numbers of a box, or undefined. */
export function fourNumbers(value: unknown): readonly [number, number, number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [a, b, c, d] = value as unknown[];
  const areNumbers = typeof a === 'number' && typeof b === 'number' && typeof c === 'number' && typeof d === 'number';
  return areNumbers && Number.isFinite(a + b + c + d) ? [a, b, c, d] : undefined;
}

/** A value as it is shown in a message: JSON, cut at 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A file's name without folders and without its last extension. */
export function stem(fileName: string): string {
  const name = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
