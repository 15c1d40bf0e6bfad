// Makes the peers' Python environment, .peers/venv, unless it is there already with the versions of requirements.txt.
// Usage: node scripts/peers/setup.mjs (about 5.5 GB and 4 minutes the first time; later calls take a second)
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takesNoFlags } from '../no-flags.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const requirements = join(here, 'requirements.txt');
const venv = join(here, '..', '..', '.peers', 'venv');

/** The peers' Python interpreter. */
export const peersPython = join(venv, 'bin', 'python');

/** The environment for a peer's process: ours without a variable that would pick its BLAS kernels. */
export function peersEnvironment(extra = {}) {
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TF_CPP_MIN_LOG_LEVEL: '3', ...extra };
  delete environment.OPENBLAS_CORETYPE;
  return environment;
}

/** Makes the environment if it is missing or has other versions; throws with the fix when that fails. */
export function setUpPeers() {
  const wanted = readFileSync(requirements, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (existsSync(peersPython) && missing(wanted).length === 0) return;
  process.stderr.write(`peers: making ${venv} (about 5.5 GB, some minutes)\n`);
  const python = process.env.PYTHON ?? 'python3';
  if (!existsSync(peersPython)) run(python, ['-m', 'venv', venv], 'Install Python 3.10 or newer with its venv module.');
  run(
    peersPython,
    ['-m', 'pip', 'install', '--quiet', '-r', requirements],
    'Check the network and the free disk space.',
  );
  const still = missing(wanted);
  if (still.length > 0)
    throw new Error(`peers: ${still.join(', ')} did not install. Remove ${venv} and run this again.`);
}

function missing(wanted) {
  const code =
    'import importlib.metadata as m; print("\\n".join(f"{d.name.lower()}=={d.version}" for d in m.distributions()))';
  const { stdout } = spawnSync(peersPython, ['-c', code], { encoding: 'utf8' });
  const plain = (line) => line.replace(/[-_.]+(?=[^=]*==)/g, '-').replace(/\+\w+$/, '');
  const found = new Set((stdout ?? '').split('\n').map(plain));
  return wanted.filter((line) => !found.has(plain(line)));
}

function run(command, args, fix) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) throw new Error(`peers: ${command} ${args.join(' ')} failed. ${fix}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  takesNoFlags('Makes .peers/venv, the Python environment of the peers (about 5.5 GB), unless it is there');
  setUpPeers();
  process.stdout.write(`${peersPython}\n`);
}
