// node scripts/compare/recipe-times.mjs: flags by --help.
// Measures a training step of each recipe in configs/retinanet-*.json on random images of the recipe's size, and
// extrapolates to its data set. Writes recipe-times.json into --results and the table in docs/recipes.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeMatches, matchAnchors, retinanetAnchors } from '@featuremine/boxes';
import { DETECTOR_VERSIONS, makeDetector, trainSchema, trainingStep } from '@featuremine/retinanet';
import { CompiledModel } from '@featuremine/tensor-graph';
import { z } from 'zod';
import { isBusy, machineUse, useInWords } from '../bench/idle.mjs';
import { machine } from '../bench/machine.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';
import { putBetweenMarks } from './between-marks.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const values = await scriptFlags({
  summary: 'Measures a step of each detection recipe, and writes the table of times in docs/recipes.md',
  examples: ['node scripts/compare/recipe-times.mjs --threads 2'],
  flags: {
    threads: wholeNumber(1).default(2).describe('Threads of TensorFlow'),
    steps: wholeNumber(1).default(3).describe('Timed steps of each recipe'),
    results: z.string().default('results').describe('Folder for recipe-times.json'),
  },
});

// What a recipe is trained on. `measured`: images of a measured step, fewer than the recipe's where memory is short.
const recipes = [
  { name: 'retinanet-voc0712', images: 16551, width: 800, height: 608, measured: 2, isPretrained: true },
  { name: 'retinanet-voc0712-table7', images: 16551, width: 800, height: 608, measured: 2, isPretrained: true },
  { name: 'retinanet-small-data', images: 300, width: 512, height: 512, measured: 4, isPretrained: true },
  { name: 'retinanet-from-scratch', images: 205, width: 320, height: 240, measured: 8, isPretrained: false },
  { name: 'retinanet-cpu', images: 300, width: 256, height: 256, measured: 8, isPretrained: true },
];

const machineBefore = await machineUse();
if (isBusy(machineBefore)) {
  process.stderr.write(`the machine is busy (${useInWords(machineBefore)}): times will be too long\n`);
}
const rows = [];
for (const recipe of recipes) rows.push(await measure(recipe));
mkdirSync(values.results, { recursive: true });
const result = { machine: machine(), threads: values.threads, machineBefore, rows };
writeFileSync(join(values.results, 'recipe-times.json'), `${JSON.stringify(result, null, 1)}\n`);
writeTable(result);

async function measure({ name, images, width, height, measured, isPretrained }) {
  const given = JSON.parse(readFileSync(join(root, 'configs', `${name}.json`), 'utf8'));
  const config = Object.fromEntries(Object.entries(given).filter(([key]) => !key.startsWith('//')));
  const options = trainSchema.parse({ voc: 'VOCdevkit', train: '2007/train', out: 'run', ...config });
  const detector = makeDetector({
    ...{ backbone: options.model ?? 'resnet50', numClasses: 20, ...DETECTOR_VERSIONS[options.detector ?? 'v1'] },
    ...(options.p6From ? { p6From: options.p6From } : {}),
    ...(isPretrained ? { batchNorm: 'frozen', trainableStages: 3 } : { batchNorm: 'trainable', trainableStages: 5 }),
  });
  const { precision, optimizer, weightDecay, momentum, clipNorm } = options;
  const model = new CompiledModel({
    ...{ variables: detector.variables, seed: 0, precision, threads: values.threads },
    ...(options.ema > 0 ? { ema: { decay: options.ema } } : {}),
  });
  const loss = { boxLoss: 'l1', smoothL1Beta: 0.1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };
  const adamw = { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
  const step = model.trainStep('train', trainingStep(detector, loss), {
    optimizer: optimizer === 'adamw' ? adamw : { kind: 'sgd', momentum, weightDecay },
    ...(clipNorm === undefined ? {} : { clipNorm }),
  });
  const batch = randomBatch({ width, height, count: measured });
  const stepMs = [];
  for (let i = 0; i < values.steps + 2; i++) {
    const start = performance.now();
    await step({ ...batch, learningRate: 1e-5 });
    if (i >= 2) stepMs.push(performance.now() - start); // two steps to warm up
  }
  await model.dispose();
  const imagesPerSecond = (1000 * measured) / Math.min(...stepMs);
  const hours = (images * options.epochs) / imagesPerSecond / 3600;
  process.stderr.write(`${name}: ${imagesPerSecond.toFixed(2)} images/s\n`);
  return { name, images, epochs: options.epochs, width, height, precision, measured, stepMs, imagesPerSecond, hours };
}

function randomBatch({ width, height, count }) {
  const anchors = retinanetAnchors(width, height);
  const rows = anchors.length / 4;
  const gtBoxes = Float32Array.of(0.1, 0.1, 0.5, 0.6, 0.6, 0.3, 0.9, 0.9).map((v, i) => v * (i % 2 ? height : width));
  const matches = matchAnchors(anchors, gtBoxes);
  const deltas = encodeMatches({ anchors, gtBoxes, matches });
  const pixels = Uint8Array.from({ length: count * height * width * 3 }, (_, i) => (i * 7919) % 251);
  return {
    images: { dtype: 'uint8', shape: [count, height, width, 3], data: pixels },
    imageSizes: {
      dtype: 'int32',
      shape: [count, 2],
      data: Int32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? width : height)),
    },
    labels: { dtype: 'int32', shape: [count, rows], data: repeated(Int32Array, matches, count) },
    deltas: { dtype: 'float32', shape: [count, rows, 4], data: repeated(Float32Array, deltas, count) },
  };
}

function repeated(Type, one, count) {
  const all = new Type(one.length * count);
  for (let i = 0; i < count; i++) all.set(one, i * one.length);
  return all;
}

function writeTable({ machine: { processor, cores, commit, date }, machineBefore, threads, rows: measured }) {
  const duration = (hours) =>
    hours >= 48
      ? `${(hours / 24).toFixed(1)} days`
      : hours >= 2
        ? `${hours.toFixed(1)} h`
        : `${(60 * hours).toFixed(0)} min`;
  const lines = measured.map(
    ({ name, images, epochs, width, height, precision, imagesPerSecond, hours }) =>
      `| \`${name}\` | ${images.toLocaleString('en')} x ${epochs} | ${width}x${height} | ${precision} | ${imagesPerSecond.toFixed(2)} | ${duration(hours)} |`,
  );
  const about = `${date}, ${commit}, ${processor}, ${cores} cores, ${threads} threads`;
  const note = isBusy(machineBefore)
    ? ` The machine had other work (${useInWords(machineBefore)}): the times are too long.`
    : '';
  const table = [
    '| recipe | images x epochs | pixels | precision | images/s of a training step | training |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `Measured by \`node scripts/compare/recipe-times.mjs\` (${about}); validation comes on top.${note}`,
  ].join('\n');
  const file = join(root, 'docs', 'recipes.md');
  const [start, end] = ['<!-- times -->', '<!-- /times -->'];
  writeFileSync(file, putBetweenMarks(readFileSync(file, 'utf8'), { name: file, start, end, text: table }));
}
