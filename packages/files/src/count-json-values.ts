const [quote, backslash, comma, colon, openList, openObject] = Buffer.from('"\\,:[{');

/** How much there is in a JSON text. */
export interface JsonCounts {
  /** Objects, lists, and the properties of objects. */
  readonly elements: number;
  /** Separators of properties and of values in lists: all values but one in each object and list. */
  readonly separators: number;
}

/** Counts what is in a JSON text without parsing it. */
export function countJsonValues(text: Uint8Array): JsonCounts {
  let [elements, separators, isInText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (isInText) {
      if (byte === backslash) at++;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === comma) separators++;
    else if (byte === openList || byte === openObject || byte === colon) elements++;
  }
  return { elements, separators };
}
