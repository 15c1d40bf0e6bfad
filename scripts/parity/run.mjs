// npm run parity: our networks against torchvision's, number by number, with weights and images by formula.
// Prints one line a comparison, writes results/parity.json, and exits with 1 when one is beyond its limit.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { machine } from '../bench/machine.mjs';
import { peersEnvironment, peersPython, setUpPeers } from '../peers/setup.mjs';
import { scriptFlags } from '../script-flags.mjs';
import { compareClassifier } from './classifier.mjs';
import { compareDetector } from './detector.mjs';
import { Report } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const values = await scriptFlags({
  summary: 'Our networks against torchvision’s, number by number, into results/parity.json',
  examples: ['npm run parity', 'npm run parity -- --keep runs/parity'],
  flags: { keep: z.string().optional().describe('Folder in which the files of both sides stay') },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'parity-'));
mkdirSync(folder, { recursive: true });
const report = new Report();
try {
  setUpPeers();
  process.stderr.write('torchvision computes its side\n');
  python('reference.py', folder);
  process.stderr.write('ours\n');
  await compareClassifier(folder, report);
  await compareDetector(folder, 'v1', report);
  await compareDetector(folder, 'v2', report);
  process.stderr.write('torchvision loads what was exported, with strict=True\n');
  for (const [name, distance] of Object.entries(JSON.parse(python('load_exported.py', folder)))) {
    report.add(`${name} exported, then loaded by torchvision: outputs`, distance, 1e-4);
  }
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}
process.stdout.write(report.toString());
const results = join(here, '..', '..', 'results');
mkdirSync(results, { recursive: true });
writeFileSync(
  join(results, 'parity.json'),
  `${JSON.stringify({ machine: machine(), comparisons: report.lines }, null, 1)}\n`,
);
process.exitCode = report.isGood ? 0 : 1;

/** Runs one of the scripts beside this one with the peers' Python; gives its output. */
function python(script, ...args) {
  const options = { env: peersEnvironment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const { status, stdout } = spawnSync(peersPython, [join(here, script), ...args], options);
  if (status !== 0) throw new Error(`${script} failed (exit code ${status})`);
  return stdout;
}
