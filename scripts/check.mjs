// npm run check: builds what changed; then the types of tests, lint, format, and the tests of what changed that load no
// TensorFlow, side by side. What failed is printed whole at the end.
import { execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { takesNoFlags } from './no-flags.mjs';

takesNoFlags('Types, lint, format, and the tests of what changed that load no TensorFlow');

const SLOW = ['whole', 'web-demo', 'web-demo-tf'].concat(
  ['backbone-pretrain', 'graph-export', 'retinanet', 'tensor-graph', 'training'].map((name) => `${name}-tf`),
);
const CHECKS = {
  tests: ['jest', '--onlyChanged', '--ignoreProjects', ...SLOW],
  lint: ['eslint', ...cache('eslint'), '--cache-strategy', 'content', 'packages', 'test', 'scripts'],
  'types of tests': [
    'tsc',
    '-p',
    'tsconfig.lint.json',
    '--incremental',
    '--tsBuildInfoFile',
    '.cache/tests.tsbuildinfo',
  ],
  format: ['prettier', '--check', ...cache('prettier'), '.'],
};

const started = performance.now();
try {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
} catch {
  process.exit(1);
}
const waiting = Object.entries(CHECKS);
await Promise.all(Array.from({ length: Math.min(waiting.length, availableParallelism()) }, worker));
process.stdout.write(`${secondsSince(started)} s in all; left out, for npx jest: ${SLOW.join(', ')}\n`);

async function worker() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, command] = next;
    const begun = performance.now();
    const { code, output } = await run(command);
    const verdict = code === 0 ? 'ok' : 'FAILED';
    process.stdout.write(`${verdict} ${name}, ${secondsSince(begun)} s\n${code === 0 ? '' : output}`);
    if (code !== 0) process.exitCode = 1;
  }
}

function secondsSince(startMs) {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}

function run(command) {
  const child = spawn('npx', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

function cache(name) {
  return ['--cache', '--cache-location', `.cache/${name}`];
}
