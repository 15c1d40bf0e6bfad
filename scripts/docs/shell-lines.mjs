// Command lines out of a block of shell: continued lines joined, comments and redirections left out, quotes read.

/**
 * @param {{ line: number, lines: readonly string[] }} block
 * @returns {{ line: number, words: string[] }[]} one a command; `a && b | c` are three
 */
export function shellLines({ line: first, lines }) {
  const commands = [];
  for (let i = 0; i < lines.length; i++) {
    const line = first + i;
    let text = lines[i].replace(/^\$ /, '');
    while (/(^|\s)\\$/.test(text) && i + 1 < lines.length) text = `${text.slice(0, -1)} ${lines[++i]}`;
    for (const words of split(text)) commands.push({ line, words });
  }
  return commands;
}

function split(text) {
  const commands = [[]];
  const token = /\s*(?:(#.*)|(&&|\|\||[|;&](?!\d))|(\d?>>?&?\s*\S*|<\s*\S+)|((?:"[^"]*"|'[^']*'|[^\s"'|;&<>])+)|(.))/y;
  for (const [, comment, separator, , word] of text.matchAll(new RegExp(token, 'gy'))) {
    if (comment !== undefined) break;
    if (separator !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1).push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return commands.filter((words) => words.length > 0);
}
