// The rows of group voc-eval, for scripts/bench/rows.mjs. A "step" is one evaluation of VOC2007 test: 4,952 images.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const batchSize = 4952;

const command = (name) => ({
  runtime: 'node',
  script: join(here, 'voc-eval-command.mjs'),
  options: { command: name, batchSize },
});
const inMemory = (peer) => ({
  runtime: 'python',
  script: join(here, 'voc-eval-python-coco.py'),
  options: { peer, batchSize },
});

export const vocEvalRows = [
  {
    name: 'voc-eval-voc07',
    group: 'voc-eval',
    title: 'voc07 on VOC2007 test (87,765 detections), whole command from files to number, interpreter start included',
    contenders: { ours: command('voc07 ours'), 'python voc_eval': command('voc07 python') },
    extra: {},
  },
  {
    name: 'voc-eval-coco-memory',
    group: 'voc-eval',
    title: "COCO's twelve numbers on VOC2007 test, from what is in memory",
    contenders: {
      ours: { runtime: 'node', script: join(here, 'voc-eval-coco.mjs'), options: { batchSize } },
      'faster-coco-eval': inMemory('faster'),
      pycocotools: inMemory('pycocotools'),
    },
    extra: {},
  },
  {
    name: 'voc-eval-coco-command',
    group: 'voc-eval',
    title: "COCO's twelve numbers on VOC2007 test, whole command from JSON files to numbers",
    contenders: {
      ours: command('coco ours'),
      'faster-coco-eval': command('coco faster'),
      pycocotools: command('coco pycocotools'),
    },
    extra: {},
  },
];
