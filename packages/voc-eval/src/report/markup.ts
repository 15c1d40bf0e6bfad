/** HTML that may be put into a page as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template may hold: texts and numbers are escaped, markup is not, lists are joined, undefined is nothing. */
export type Content = string | number | Markup | undefined | readonly Content[];

/** Markup of a template; every value that is no markup is escaped, so that names cannot break out of it. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0];
  values.forEach((value, i) => (text += render(value) + parts[i + 1]));
  return new Markup(text);
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escapeText(content);
  return content.map(render).join('');
}

/** A text with the five characters escaped that mean something in HTML text and quoted attributes. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
