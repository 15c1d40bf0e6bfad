/**
 * Parses JSON whose arrays and objects are nested at most `maxDepth` deep: what is read back recursively later (printed,
 * compared) cannot overflow the stack then.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string, maxDepth = 64): unknown {
  if (nestingOf(text) > maxDepth) throw new SyntaxError(`it is nested more than ${maxDepth} deep`);
  return JSON.parse(text) as unknown;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

// The deepest nesting of brackets outside of strings.
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInString = !isInString;
    else if (isInString) at += code === BACKSLASH ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}
