// What smaller weights of the browser's form cost: for each --store-weights the size of its files, the largest
// difference of logits (retinanet export --verify) and the mAP through wasm (retinanet eval --exported).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/retinanet/bin/retinanet.js', import.meta.url));

/** Exports the run in all three forms into `folder`, and judges each on an image set. */
export function storedWeights({ run, images, count, voc, set, folder }) {
  const own = mapOf({ run, voc, set });
  const stored = ['float32', 'float16', 'uint8'].map((weights) => {
    const out = join(folder, weights);
    const source = ['--run', run, '--format', 'tfjs', '--store-weights', weights, '--out', out];
    // Exit code 2 says that smaller weights are not the same weights, which is to be measured here.
    const { sizeBytes, verification } = retinanet(
      ['export', ...source, '--verify', '--images', images, '--count', String(count)],
      weights === 'float32' ? [0] : [0, 2],
    );
    return { weights, sizeBytes, logits: verification.logits, mAP: mapOf({ run, voc, set, exported: out }) };
  });
  return { set, trainer: { mAP: own }, stored };
}

function mapOf({ run, voc, set, exported }) {
  const source = ['--run', run, '--voc', voc, '--set', set, '--protocol', 'voc07'];
  return retinanet(['eval', ...source, ...(exported === undefined ? [] : ['--exported', exported])], [0]).mAP;
}

function retinanet(argv, codes) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv, '--json'], { encoding: 'utf8' });
  if (codes.includes(status) && stdout !== '') return JSON.parse(stdout);
  throw new Error(`retinanet ${argv[0]} failed (exit code ${status})\n${stderr}`);
}
