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

/** A value as it is shown in a message: what it holds is named for lists and objects, texts are cut at 60 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const isShort = value.length <= 8 && value.every((item) => typeof item !== 'object' && typeof item !== 'string');
    return isShort ? JSON.stringify(value) : `a list of ${value.length}`;
  }
  if (isJsonObject(value)) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty object' : `an object with ${cut(keys.slice(0, 8).join(', '))}`;
  }
  return cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A file's name without folders and without its last extension. */
export function stem(fileName: string): string {
  const name = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
