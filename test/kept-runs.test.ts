import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBuilt, pause } from './support/cli-process';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'kept-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'results.json');
const runs = join(folder, 'runs');
const signals = join(folder, 'signals');

/** Ends one training at once, and another, with table 7, when it is told to stop. */
const program = join(folder, 'program.js');
writeFileSync(
  program,
  `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const run = (name, stoppedBy) => {
  const path = ${JSON.stringify(runs)} + '/' + name + '/seed-0';
  mkdirSync(path, { recursive: true });
  const files = { config: { lr: 0.1, out: path, workers: 2 }, summary: { stoppedBy, steps: 3 }, data: { name: 'd' } };
  for (const [key, value] of Object.entries({ ...files, 'figure-5': { top1: [0.5] } }))
    writeFileSync(path + '/' + key + '.json', JSON.stringify(value));
};
run('first', 'finished');
run('second', 'running');
process.on('SIGINT', () => {
  appendFileSync(${JSON.stringify(signals)}, 'SIGINT\\n');
  run('second', 'finished');
  writeFileSync(${JSON.stringify(runs)} + '/table-7.json', '{"results":[]}');
  setTimeout(() => process.exit(130), 300);
});
setInterval(() => {}, 1000);
`,
);

const script = join(folder, 'keep.mjs');
writeFileSync(
  script,
  `import { KeptRuns, runKept } from ${JSON.stringify(pathToFileURL(join(__dirname, '../scripts/reproduce/kept-runs.mjs')).href)};
const [file, folder, program] = process.argv.slice(2);
const kept = new KeptRuns({ file, folder, others: ['table-7.json'] });
process.exitCode = await runKept(kept, [program]);
`,
);

interface Kept {
  readonly rows: Readonly<Record<string, { readonly machine: { readonly commit: string } }>>;
  readonly files: Readonly<Record<string, { readonly machine: object; readonly content: object }>>;
}

const read = (): Kept =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { rows: {}, files: {} };

function keep(into: string, words: string): { readonly kill: () => void; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [script, file, into, words], { stdio: ['ignore', 'inherit', 'inherit'] });
  return {
    kill: () => void child.kill('SIGTERM'),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

(isBuilt ? describe : describe.skip)('runKept', () => {
  it('keeps a training when it has ended, the others when the program was told once to stop', async () => {
    const { kill, ended } = keep(runs, program);
    while (!('first/seed-0' in read().rows)) await pause(50);
    expect(read().rows).toEqual({
      'first/seed-0': {
        machine: expect.objectContaining({ node: process.versions.node }) as object,
        ...{ config: { lr: 0.1 }, summary: { stoppedBy: 'finished', steps: 3 }, data: { name: 'd' } },
        figure5: { top1: [0.5] },
      },
    });
    kill();
    kill();
    expect(await ended).toBe(130);
    expect(Object.keys(read().rows)).toEqual(['first/seed-0', 'second/seed-0']);
    expect(read().files).toEqual({
      'table-7.json': { machine: expect.any(Object) as object, content: { results: [] } },
    });
    expect(readFileSync(signals, 'utf8')).toBe('SIGINT\n');
  });

  it('writes what is known into a new folder, and leaves it with its machine', async () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"commit":"\w+"/g, '"commit":"before"'));
    const nothing = join(folder, 'nothing.js');
    writeFileSync(nothing, 'process.exit(2);\n');
    const anew = join(folder, 'anew');
    expect(await keep(anew, nothing).ended).toBe(2);
    expect(readFileSync(join(anew, 'second', 'seed-0', 'summary.json'), 'utf8')).toBe(
      '{"stoppedBy":"finished","steps":3}',
    );
    expect(readFileSync(join(anew, 'table-7.json'), 'utf8')).toBe('{"results":[]}');
    expect(Object.values(read().rows).map(({ machine: { commit } }) => commit)).toEqual(['before', 'before']);
  });
});
