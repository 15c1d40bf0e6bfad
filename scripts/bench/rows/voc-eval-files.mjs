// The files that the voc-eval rows measure on: voc2007-test-full, and the same as COCO JSON, made on first use.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The command line of voc-eval. */
export const vocEval = join(root, 'packages/voc-eval/bin/voc-eval.js');

const data = join(process.env.FEATUREMINE_DATA ?? join(root, '../shared/data'), 'voc2007-test-full');
export const devkit = join(data, 'VOCdevkit');
export const detections = join(data, 'results/VOC2007/Main');

const folder = join(root, '.cache/voc-eval');
export const cocoGroundTruth = join(folder, 'ground-truth.json');
export const cocoResults = join(folder, 'results.json');

/** Makes the COCO files; difficult objects are crowds there, so that all evaluators see the same. */
export function makeCocoFiles() {
  if (existsSync(cocoGroundTruth) && existsSync(cocoResults)) return;
  mkdirSync(folder, { recursive: true });
  const convert = [vocEval, 'convert', '--to', 'coco', '--voc', devkit, '--set', '2007/test'];
  for (const more of [
    ['--difficult', 'crowd', '--out', cocoGroundTruth],
    ['--detections', detections, '--out', cocoResults],
  ]) {
    const { status } = spawnSync(process.execPath, [...convert, ...more], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error('voc-eval convert failed');
  }
}
