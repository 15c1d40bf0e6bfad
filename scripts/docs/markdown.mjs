// What the checks need of a Markdown text: its links, anchors, blocks of shell commands, and code spans, with line numbers.

const SHELL = new Set(['sh', 'bash', 'shell', 'console']);
const CODE = new Set(['ts', 'js', 'mjs']);

/**
 * @param {string} text
 * @returns {{ links: { target: string, line: number }[], anchors: Set<string>,
 *   spans: { text: string, line: number }[], blocks: Block[], codes: Block[] }}
 *   a Block is { isShell, line, lines }; `codes` are TypeScript and JavaScript; `isShell` is false for an indented block and a fence without language, in which any line may be a command or not
 */
export function readMarkdown(text) {
  const links = [];
  const anchors = new Set();
  const spans = [];
  const blocks = [];
  const codes = [];
  const seen = new Map();
  let fence;
  let indented;
  let isBlank = true;
  text.split('\n').forEach((raw, index) => {
    const line = index + 1;
    const mark = /^\s*(`{3,}|~{3,})\s*([\w-]*)/.exec(raw);
    if (fence !== undefined) {
      if (mark !== null && mark[1].startsWith(fence.mark) && mark[2] === '') {
        fence = undefined;
      } else fence.block.lines.push(raw.trim());
      isBlank = false;
      return;
    }
    if (mark !== null) {
      const block = { isShell: SHELL.has(mark[2]), line: line + 1, lines: [] };
      if (block.isShell || mark[2] === '') blocks.push(block);
      else if (CODE.has(mark[2])) codes.push(block);
      fence = { mark: mark[1], block };
      return;
    }
    if (/^ {4,}\S/.test(raw) && (isBlank || indented !== undefined)) {
      if (indented === undefined) blocks.push((indented = { isShell: false, line, lines: [] }));
      indented.lines.push(raw.trim());
      return;
    }
    indented = undefined;
    isBlank = raw.trim() === '';
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(raw);
    if (heading !== null) anchors.add(anchorOf(heading[1], seen));
    for (const [, name] of raw.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(name);
    for (const [, code] of raw.matchAll(/`([^`]+)`/g)) spans.push({ text: code, line });
    const prose = raw.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
    for (const [, target] of prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)) links.push({ target, line });
    for (const [, target] of prose.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/g)) links.push({ target, line });
    for (const [, target] of raw.matchAll(/<(?:img|source|a)\s[^>]*?(?:src|srcset|href)="([^"]+)"/g)) {
      links.push({ target, line });
    }
  });
  return { links, anchors, spans, blocks, codes };
}

/** The anchor that code hosts give to a heading: lower case, blanks to dashes, a number behind a second one of those `seen`. */
export function anchorOf(heading, seen = new Map()) {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  const anchor = plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  const count = seen.get(anchor) ?? 0;
  seen.set(anchor, count + 1);
  return count === 0 ? anchor : `${anchor}-${count}`;
}
