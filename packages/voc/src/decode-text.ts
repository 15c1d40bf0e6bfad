import { isAscii } from 'node:buffer';

/** The text of a file, or why it cannot be read as text. */
export type DecodedText = { readonly text: string } | { readonly problem: string };

/**
 * The characters of an XML or text file, without a byte order mark: UTF-8 unless a mark (UTF-8, UTF-16) or the XML
 * declaration names another encoding. Bytes that the encoding does not have are a problem, never replaced.
 */
export function decodeText(bytes: Buffer): DecodedText {
  const label = encodingByMark(bytes) ?? declaredEncoding(bytes);
  if (label === undefined && isAscii(bytes)) return { text: bytes.toString('latin1') };
  try {
    const decoder = new TextDecoder(label ?? 'utf-8', { fatal: true });
    return { text: decoder.decode(bytes) };
  } catch (error) {
    if (error instanceof RangeError) return { problem: `the encoding ${label} is not known` };
    return { problem: `the bytes are not ${label ?? 'UTF-8'}` };
  }
}

function encodingByMark(bytes: Buffer): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be';
  return undefined;
}

// A file whose declaration can be read byte by byte is not UTF-16, whatever the declaration says.
function declaredEncoding(bytes: Buffer): string | undefined {
  if (bytes[0] !== 0x3c || bytes[1] !== 0x3f) return undefined;
  const match = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]+)["']/.exec(bytes.toString('latin1', 0, 200));
  const label = match?.[1].toLowerCase();
  return label === undefined || label === 'utf-8' || label === 'utf8' || label.startsWith('utf-16') ? undefined : label;
}
