// npm run docs:reference [-- --check]: docs/reference/*.md out of the schemas of all commands and scripts. With --check
// nothing is written, and a page that is not up to date is named and makes the exit code 1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scriptFlags } from '../script-flags.mjs';
import { chainProgram, programs } from './programs.mjs';
import { referencePage } from './reference-page.mjs';
import { scriptsPage } from './scripts-page.mjs';

const values = await scriptFlags({
  summary: 'docs/reference out of the schemas of all commands and scripts',
  examples: ['npm run docs:reference', 'npm run docs:reference -- --check'],
  flags: { check: z.boolean().default(false).describe('Writes nothing; exit code 1 where something would change') },
});
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'reference');
const pages = new Map([...programs, ['chain', chainProgram]].map(([name, program]) => [name, referencePage(program)]));
pages.set('scripts', await scriptsPage());

let outdated = 0;
mkdirSync(folder, { recursive: true });
for (const [name, text] of pages) {
  const path = join(folder, `${name}.md`);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  outdated++;
  if (!values.check) writeFileSync(path, text);
  const what = values.check ? 'is not what the schemas say: run npm run docs:reference' : 'written';
  process.stderr.write(`docs/reference/${name}.md: ${what}\n`);
}
process.stdout.write(`${pages.size} pages, ${outdated} changed\n`);
if (values.check && outdated > 0) process.exitCode = 1;
