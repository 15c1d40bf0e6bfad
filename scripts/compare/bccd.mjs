// npm run compare:bccd -- --voc DEVKIT: flags by --help.
// RetinaNet-R50 from scratch on bccd (205 images to train on, 72 to test on, 320x240, zero-area boxes dropped), here and
// in torchvision: AdamW with one-cycle, bfloat16, the same settings, AP by one evaluator. Seed by seed, one side after
// the other; what is finished is kept in --out, so the same command goes on after an interruption; only --seeds may grow.
// Writes compare-bccd.json.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluateBy, evaluationSetOf, judgeDetector, openDetector } from '@featuremine/retinanet';
import { claimFolder } from '@featuremine/training';
import { DetectionList } from '@featuremine/voc-eval';
import { createWorkerPool } from '@featuremine/vision-data';
import { readImageSet } from '@featuremine/voc';
import { z } from 'zod';
import { machine } from '../bench/machine.mjs';
import { peersEnvironment, peersPython, setUpPeers } from '../peers/setup.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const values = await scriptFlags({
  summary:
    'RetinaNet-R50 from scratch on bccd, here and in torchvision, by one evaluator; Ctrl-C and the same again goes on',
  examples: [
    'npm run compare:bccd -- --voc DEVKIT',
    'npm run compare:bccd -- --voc DEVKIT --smoke --out runs/smoke --results runs/smoke',
  ],
  flags: {
    voc: z.string().describe('VOCdevkit folder of bccd'),
    train: z.string().default('2007/train').describe('Image set to train on'),
    test: z.string().default('2007/test').describe('Image set to judge on'),
    seeds: wholeNumber(1).default(3).describe('Trainings of each side'),
    epochs: wholeNumber(1).default(12).describe('Epochs of each training'),
    threads: wholeNumber(1).default(2).describe('Threads of each side'),
    smoke: z.boolean().default(false).describe('16 images, one epoch, 8 test images: to see that both sides run'),
    out: z.string().default('runs/compare-bccd').describe('Folder of the trainings'),
    results: z.string().default('results').describe('Folder for compare-bccd.json'),
  },
});
const { threads } = values;
const settings = {
  ...{ width: 320, height: 240, epochs: values.smoke ? 1 : values.epochs, batchSize: 8 },
  ...{ optimizer: 'adamw', weightDecay: 1e-4, schedule: 'one-cycle', lr: 4e-4, riseShare: 0.1, clipNorm: 1, flip: 0.5 },
  precision: 'bfloat16',
};

const trainSet = firstOf(readImageSet(values.voc, values.train, { onBadBox: 'skip' }), values.smoke ? 16 : undefined);
const { classNames } = trainSet;
const testSet = firstOf(
  readImageSet(values.voc, values.test, { onBadBox: 'skip', classes: classNames }),
  values.smoke ? 8 : undefined,
);
const evaluationSet = evaluationSetOf(testSet);
const { train, test, smoke } = values;
claimFolder(values.out, {
  file: 'options.json',
  options: { ...settings, voc: resolve(values.voc), train, test, threads, smoke },
  what: 'a comparison',
  fix: 'Give --out another folder, or the same options as before; only --seeds may grow',
});
setUpPeers();
const sides = { torchvision: runTorchvision, ours: runOurs };
const runs = [];
for (let seed = 0; seed < values.seeds; seed++) {
  for (const [side, run] of Object.entries(sides)) {
    const folder = join(values.out, `${side}-${seed}`);
    const file = join(folder, 'result.json');
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true });
      const result = { side, seed, ...(await run(seed, folder)) };
      writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
    }
    runs.push(JSON.parse(readFileSync(file, 'utf8')));
    const { AP50, AP, trainingSeconds } = runs.at(-1);
    const figures = `AP50 ${AP50.toFixed(4)}, AP ${AP.toFixed(4)}, ${trainingSeconds.toFixed(0)} s of training`;
    process.stderr.write(`${side}, seed ${seed}: ${figures}\n`);
  }
  writeSummary();
}

function firstOf(set, limit) {
  return limit === undefined ? set : { ...set, images: set.images.slice(0, limit) };
}

function runTorchvision(seed, folder) {
  const images = (set) =>
    set.images.map(({ imagePath, widthPx, heightPx, objects }) => ({
      ...{ file: imagePath, width: widthPx, height: heightPx },
      boxes: objects.map(({ box }) => box),
      labels: objects.map(({ classId }) => classId),
    }));
  const plan = {
    seed,
    threads,
    settings,
    numClasses: classNames.length,
    train: images(trainSet),
    test: images(testSet),
  };
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  run(peersPython, [join(here, 'torch_bccd.py'), file, folder], { env: peersEnvironment() });
  const { version, trainingSeconds, detections } = JSON.parse(readFileSync(join(folder, 'detections.json'), 'utf8'));
  const list = new DetectionList();
  for (const { image, label, score, box } of detections) list.add(image, label, score, Float32Array.from(box));
  rmSync(join(folder, 'state.pt'));
  return {
    ...scores({ groundTruth: evaluationSet.groundTruth, detections: list.detections() }),
    trainingSeconds,
    version,
  };
}

async function runOurs(seed, folder) {
  const out = join(folder, 'run');
  const flags = {
    ...{ voc: values.voc, train: values.train, 'on-bad-box': 'skip', backbone: 'none', model: 'resnet50' },
    ...{ detector: 'v1', 'image-size': `${settings.width}x${settings.height}`, epochs: settings.epochs },
    ...{ 'batch-size': settings.batchSize, optimizer: settings.optimizer, 'weight-decay': settings.weightDecay },
    ...{ schedule: settings.schedule, lr: settings.lr, 'rise-share': settings.riseShare },
    ...{ 'clip-norm': settings.clipNorm, flip: settings.flip, precision: settings.precision, seed, threads, out },
    ...(values.smoke ? { limit: 16 } : {}),
  };
  const argv = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (existsSync(join(out, 'checkpoint'))) argv.push('--resume');
  const bin = join(here, '..', '..', 'packages', 'retinanet', 'bin', 'retinanet.js');
  const summary = JSON.parse(run(process.execPath, [bin, 'train', ...argv, '--json']));
  const detector = await openDetector({ run: out });
  const pool = createWorkerPool({ workers: 2 });
  try {
    const { evaluate, resize, pixels } = detector;
    const judged = await judgeDetector(evaluationSet, {
      ...{ evaluate, resize, pixels, numClasses: classNames.length, batchSize: 8, pool },
    });
    const trainingSeconds = (summary.steps * settings.batchSize) / summary.imagesPerSecond;
    return { ...scores(judged), trainingSeconds, version: `tensorflow ${summary.versions.tensorflow}` };
  } finally {
    await pool.close();
    await detector.close();
  }
}

function scores(judged) {
  const { AP50, AP } = evaluateBy('coco', judged);
  return { AP50, AP, voc10: evaluateBy('voc10', judged).mAP };
}

/** Runs a command whose messages go to stderr; gives what it prints. */
function run(command, argv, options = {}) {
  const { status, stdout } = spawnSync(command, argv, {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28, ...options },
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

function writeSummary() {
  const figures = Object.fromEntries(
    Object.keys(sides).map((side) => {
      const own = runs.filter((entry) => entry.side === side);
      return [side, { AP50: statistics(own.map(({ AP50 }) => AP50)), AP: statistics(own.map(({ AP }) => AP)) }];
    }),
  );
  const { ours, torchvision } = figures;
  const floor = torchvision.AP50.mean - 2 * torchvision.AP50.standardError;
  const summary = {
    machine: machine(),
    settings: { ...settings, train: trainSet.images.length, test: testSet.images.length, inference: 'float32' },
    ...figures,
    isWithinTwoStandardErrorsOrAbove: runs.length > 2 ? ours.AP50.mean >= floor : null,
    runs,
  };
  mkdirSync(values.results, { recursive: true });
  writeFileSync(join(values.results, 'compare-bccd.json'), `${JSON.stringify(summary, null, 1)}\n`);
  const line = ({ AP50, AP }) => `AP50 ${shown(AP50)}, AP ${shown(AP)}`;
  process.stdout.write(`ours: ${line(ours)}\ntorchvision: ${line(torchvision)}\n`);
}

function statistics(list) {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = list.length > 1 ? Math.sqrt(squares / (list.length - 1) / list.length) : null;
  return { mean, standardError, runs: list.length };
}

function shown({ mean, standardError }) {
  return standardError === null ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${standardError.toFixed(4)}`;
}
