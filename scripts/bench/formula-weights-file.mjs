// A RetinaNet's weights by formula, as a file that the peers' Python makes once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peersEnvironment, peersPython } from '../peers/setup.mjs';

const scripts = dirname(dirname(fileURLToPath(import.meta.url)));

/** The path of the safetensors file, made when it is missing or the formula has changed. */
export function formulaWeightsFile() {
  const formula = readFileSync(join(scripts, 'parity', 'formula.py'));
  const key = createHash('sha256').update(formula).digest('hex').slice(0, 12);
  const path = join(scripts, '..', '.cache', 'bench', `retinanet-${key}.safetensors`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const script = join(scripts, 'peers', 'torch_retinanet.py');
  const { status } = spawnSync(peersPython, [script, '--make-weights', path], {
    env: peersEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`bench: ${script} --make-weights failed`);
  return path;
}
