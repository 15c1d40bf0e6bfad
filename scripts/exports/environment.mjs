// The Python environment that reads ONNX files: .cache/exports/venv, made when it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const venv = join(here, '..', '..', '.cache', 'exports', 'venv');
const requirements = join(here, 'requirements.txt');
const stamp = join(venv, 'requirements.txt');

/** The interpreter that has onnxruntime; throws with the fix when it cannot be made. */
export function onnxPython() {
  const python = join(venv, 'bin', 'python');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  process.stderr.write('exports: making the environment with onnxruntime\n');
  rmSync(venv, { recursive: true, force: true });
  run(process.env.PYTHON ?? 'python3', ['-m', 'venv', venv], 'Install Python 3.10 or newer with its venv module.');
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], 'Check the network and the free disk space.');
  writeFileSync(stamp, wanted);
  return python;
}

function run(command, args, fix) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`exports: ${command} ${args.join(' ')} failed. ${fix}`);
}
