/**
 * A page with other text between two marks, which stay.
 *
 * @param {string} page
 * @param {{ name: string, start: string, end: string, text: string }} options `name` is that of the page, for the error
 * @returns {string}
 * @throws {Error} unless both marks are there, in their order
 */
export function putBetweenMarks(page, { name, start, end, text }) {
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${name}: it has no "${start}" with a "${end}" behind it. Put both back`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
