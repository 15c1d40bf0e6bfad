/**
 * A text for HTML or SVG content and quoted attributes: what has a meaning there is escaped, and what XML cannot hold
 * (control characters, halves of characters) becomes U+FFFD.
 */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
