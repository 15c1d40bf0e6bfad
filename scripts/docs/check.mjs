// npm run docs:check [-- FILE.md…] [--online]: links, anchors, named files and every command that a document or a --help
// example shows. Commands are read by the programs' own schemas and not run. Of addresses of the web the host is held by a
// list; with --online each is asked for. Exits with 1 and prints each fault with its line.
import { resolve } from 'node:path';
import { z } from 'zod';
import { scriptFlags } from '../script-flags.mjs';
import { faultsOnline } from './check-addresses.mjs';
import { faultOf } from './check-command.mjs';
import { checkDocument } from './check-document.mjs';
import { documents } from './documents.mjs';
import { chainProgram, programs } from './programs.mjs';
import { shellLines } from './shell-lines.mjs';

const { files, online } = await scriptFlags({
  summary: 'Links, anchors, files and commands of the documents',
  examples: ['npm run docs:check', 'npm run docs:check -- docs/data.md --online'],
  words: { key: 'files', describe: '[FILE]', isArray: true },
  flags: {
    online: z.boolean().default(false).describe('Asks for each address of the web too'),
    files: z.array(z.string()).default([]).describe('Documents (all, and the examples of --help, if not given)'),
  },
});
const named = files.map((path) => resolve(path));
const results = (named.length > 0 ? named : documents()).map((path) => checkDocument(path));
const faults = results.flatMap((result) => result.faults);
if (online) faults.push(...(await faultsOnline(results.flatMap(({ places }) => places))));
let examples = 0;
if (named.length === 0) {
  for (const program of [...programs.values(), chainProgram]) {
    for (const command of program.commands) {
      for (const example of command.examples) {
        examples++;
        for (const { words } of shellLines({ line: 1, lines: [example] })) {
          const what = faultOf(words);
          if (what !== undefined) faults.push(`${program.name} ${command.name} --help, ${example}: ${what}`);
        }
      }
    }
  }
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(
  `${results.length} documents, ${sum('links')} links, ${sum('commands')} commands, ${examples} examples: ${faults.length} faults\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
