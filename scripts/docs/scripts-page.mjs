// The reference page of the scripts as Markdown, made of what each says of its flags.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definitionOf } from '../script-definition.mjs';
import { anchorOf } from './markdown.mjs';
import { NOTE, commandText, sentence } from './reference-page.mjs';
import { scriptFiles } from './script-files.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const HEAD = [
  NOTE,
  '# Scripts',
  'One a chore: [the list](../../scripts/README.md). `npm run demo`, `npm run chain` and `npm run web-demo` have pages of their',
  'own: [chain and demo](chain.md), [web-demo](web-demo.md).',
];
const COMMON =
  'Behind `npm run`, flags stand after `--`: `npm run bench -- --list`. Each script also takes `--help`, and those with flags ' +
  '`--debug` (the stack of an error). Lists are split at commas.';

/** @returns {Promise<string>} the page, ending with a line end */
export async function scriptsPage() {
  const scripts = [];
  for (const file of scriptFiles()) scripts.push(await scriptOf(file));
  const called = (name) => scripts.filter(({ program }) => program === name);
  const listed = [...called('npm run'), ...called('node')];
  const list = listed.map(({ program, name, summary }) => {
    const title = `${program} ${name}`;
    return `- [${title}](#${anchorOf(title)}): ${summary}`;
  });
  const [note, title, ...introduction] = HEAD;
  const parts = [note, title, introduction.join('\n'), list.join('\n'), COMMON];
  return `${[...parts, ...listed.map(textOf)].join('\n\n')}\n`;
}

async function scriptOf(file) {
  const npm = npmNames().get(file);
  const [program, name] = npm === undefined ? ['node', file] : ['npm run', npm];
  const { examples = [`${program} ${name}`], ...definition } = await definitionOf(join(root, file));
  return { program, name, examples, ...definition };
}

/** Names of npm scripts by the file that each runs last. */
function npmNames() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return new Map(
    Object.entries(scripts).flatMap(([name, line]) => {
      const file = /node (scripts\/\S+)$/.exec(line)?.[1];
      return file === undefined ? [] : [[file, name]];
    }),
  );
}

function textOf({ program, ...command }) {
  if (command.schema !== undefined) return commandText(program, command);
  const { name, summary, examples } = command;
  return [
    `## ${program} ${name}`,
    sentence(summary),
    ['```sh', ...examples, '```'].join('\n'),
    'It takes no flags.',
  ].join('\n\n');
}
