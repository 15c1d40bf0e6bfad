// All faults of one document: links that lead nowhere, commands that would be refused, files that are not there.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultOfAddress } from './check-addresses.mjs';
import { faultsOfImports } from './check-imports.mjs';
import { faultOf, faultOfSpan, isCommand } from './check-command.mjs';
import { readMarkdown } from './markdown.mjs';
import { shellLines } from './shell-lines.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const WEB = /^https?:/;

/**
 * @param {string} path of a Markdown file
 * @returns {{ faults: string[], links: number, commands: number, places: { address: string, where: string }[] }} each fault
 *   is `file:line: what`; the places are addresses of the web
 */
export function checkDocument(path) {
  const { links, anchors, spans, blocks, codes } = readMarkdown(readFileSync(path, 'utf8'));
  const faults = [];
  const report = (line, what) => faults.push(`${relative(root, path)}:${line}: ${what}`);
  const places = [];
  const visit = (address, line) => {
    places.push({ address, where: `${relative(root, path)}:${line}` });
    const what = faultOfAddress(address);
    if (what !== undefined) report(line, what);
  };
  for (const { target, line } of links) {
    if (WEB.test(target)) visit(target, line);
    const what = faultOfLink(path, target, anchors);
    if (what !== undefined) report(line, what);
  }
  for (const { text, line } of spans) {
    const what = faultOfSpan(text) ?? faultOfPath(text);
    if (what !== undefined) report(line, `\`${text}\`: ${what}`);
  }
  for (const { line, lines } of codes) for (const what of faultsOfImports(lines.join('\n'))) report(line, what);
  let commands = 0;
  for (const block of blocks) {
    for (const { line, words } of shellLines(block)) {
      if (!block.isShell && !isCommand(words)) continue;
      commands++;
      for (const word of words) if (WEB.test(word)) visit(word, line);
      const what = faultOf(words);
      if (what !== undefined) report(line, `${words.slice(0, 3).join(' ')} …: ${what}`);
    }
  }
  return { faults, links: links.length, commands, places };
}

function faultOfLink(path, target, ownAnchors) {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file, anchor] = target.split('#');
  const found = file === '' ? path : join(dirname(path), decodeURI(file));
  if (!existsSync(found)) return `the link ${target} leads to no file`;
  if (file !== '' && relative(root, found).startsWith('..')) return `the link ${target} leads out of the repository`;
  if (anchor === undefined || anchor === '') return undefined;
  if (statSync(found).isDirectory() || !found.endsWith('.md'))
    return `the link ${target} has an anchor, but is no text`;
  const anchors = file === '' ? ownAnchors : readMarkdown(readFileSync(found, 'utf8')).anchors;
  return anchors.has(anchor) ? undefined : `the link ${target} leads to no heading of that file`;
}

// `packages/x/test/y.test.ts` and the like, as documents name them from the root, `*` for any name; placeholders are left.
function faultOfPath(text) {
  if (!/^(packages|scripts|configs|test|docs)\/[\w./*-]+$/.test(text) || text.includes('NAME')) return undefined;
  return isThere(root, text.split('/')) ? undefined : 'there is no such file';
}

function isThere(folder, [name, ...rest]) {
  if (name === undefined) return true;
  if (!name.includes('*')) return existsSync(join(folder, name)) && isThere(join(folder, name), rest);
  const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  if (!statSync(folder).isDirectory()) return false;
  return readdirSync(folder).some((each) => pattern.test(each) && isThere(join(folder, each), rest));
}
