const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a decimal text says, or NaN: no hexadecimal, no Infinity, no empty text, nothing beyond ±1e9. */
export function parseNumber(text: string): number {
  if (text.length > 0 && text.length < 9) {
    // Most are short whole numbers.
    let value = 0;
    let i = 0;
    for (; i < text.length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (i === text.length) return value;
  }
  if (!DECIMAL.test(text)) return NaN;
  const value = Number(text);
  return Math.abs(value) <= 1e9 ? value : NaN;
}
