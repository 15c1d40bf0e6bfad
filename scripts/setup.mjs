// Sets the project up: packages, build, TensorFlow runtime. What is done already is left alone: a second call takes seconds.
// Usage: node scripts/setup.mjs
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takesNoFlags } from './no-flags.mjs';

takesNoFlags('Sets the project up: packages, build, TensorFlow runtime; what is done already is left alone');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.setup-stamp');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || major >= 23 || (major === 20 && minor < 19)) {
  fail(
    `Node.js ${process.versions.node} was found, expected 20.19 to 22. Install Node 20 or 22 (tfjs-node does not run on 23).`,
  );
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== lock) {
  // `ci` begins with an empty folder; where packages are, `install` changes what differs, and keeps TensorFlow.
  const how = existsSync(join(root, 'node_modules', '.package-lock.json')) ? ['install', '--no-save'] : ['ci'];
  run('installing the packages', 'npm', [...how, '--ignore-scripts', '--no-audit', '--no-fund']);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, lock);
}
run('building', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', root]);
run('TensorFlow runtime', process.execPath, [
  join(root, 'packages', 'tensor-graph', 'bin', 'tensor-graph.js'),
  'install',
]);

function run(what, command, args) {
  const started = Date.now();
  process.stderr.write(`setup: ${what}\n`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error?.code === 'ENOENT') fail(`${command} was not found. Install it and run this again.`);
  if (status !== 0) fail(`${what} failed (exit code ${status}). The lines above say why.`);
  process.stderr.write(`setup: ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(2);
}
