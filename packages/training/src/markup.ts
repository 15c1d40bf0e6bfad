/** A text for HTML or SVG content and quoted attributes: what has a meaning there is escaped. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
