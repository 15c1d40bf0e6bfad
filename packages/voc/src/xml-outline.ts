/** What can be told of an XML text without parsing it. */
export interface XmlOutline {
  readonly deepest: number;
  readonly elementCount: number;
  readonly rootCount: number;
}

/**
 * Depth, elements and roots of an XML text in one pass of constant stack; broken text gives numbers for the part before
 * the break. A recursive parser is only given what this function found shallow.
 */
export function outlineXml(text: string): XmlOutline {
  let depth = 0;
  let deepest = 0;
  let elementCount = 0;
  let rootCount = 0;
  let position = 0;
  for (;;) {
    const open = text.indexOf('<', position);
    if (open < 0) break;
    const end = endOfMarkup(text, open);
    if (end < 0) break;
    position = end;
    const next = text[open + 1];
    if (next === '!' || next === '?') continue;
    if (next === '/') {
      depth--;
      continue;
    }
    elementCount++;
    if (depth <= 0) rootCount++;
    deepest = Math.max(deepest, depth + 1);
    if (text[end - 2] !== '/') depth++;
  }
  return { deepest, elementCount, rootCount };
}

/** Where the markup that opens at this `<` ends, or −1 when it does not. */
function endOfMarkup(text: string, open: number): number {
  if (text.startsWith('<!--', open)) return after(text, '-->', open + 4);
  if (text.startsWith('<![CDATA[', open)) return after(text, ']]>', open + 9);
  if (text.startsWith('<?', open)) return after(text, '?>', open + 2);
  let quote = '';
  let brackets = 0;
  for (let i = open + 1; i < text.length; i++) {
    const character = text[i];
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '[') brackets++;
    else if (character === ']') brackets--;
    else if (character === '>' && brackets <= 0) return i + 1;
  }
  return -1;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}
