// npm run compare:curves [-- --voc DEVKIT]: flags by --help.
// RetinaNet-R50 here and in torchvision, from the same weights, on the same batches (pixels and boxes), at the same
// learning rates, in float32: the losses of every step side by side. As a control, torchvision a second time from weights
// that are moved by 1e-7: rounding alone takes two runs apart, by how much it tells. Writes compare-curves.json and .svg
// into --results.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DETECTOR_VERSIONS, makeDetector, trainingStep } from '@featuremine/retinanet';
import { CompiledModel } from '@featuremine/tensor-graph';
import { createSchedule, lineChartSvg, withLightColours } from '@featuremine/training';
import { createWorkerPool, detectionBatches, detectionSamplesOf, makeShapesDevkit } from '@featuremine/vision-data';
import { readImageSet } from '@featuremine/voc';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import { decodeBoxes, retinanetAnchors } from '@featuremine/boxes';
import { z } from 'zod';
import { machine } from '../bench/machine.mjs';
import { peersEnvironment, peersPython, setUpPeers } from '../peers/setup.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const isMultipleOf32 = (side) => side > 0 && side % 32 === 0;
const values = await scriptFlags({
  summary: 'RetinaNet-R50 here and in torchvision: the losses of every step from the same weights on the same batches',
  examples: ['npm run compare:curves', 'npm run compare:curves -- --voc VOCdevkit --size 320x224 --steps 50'],
  flags: {
    steps: wholeNumber(1).default(200).describe('Steps of each side'),
    size: z
      .string()
      .regex(/^\d+x\d+$/, 'WxH in pixels')
      .refine((text) => text.split('x').map(Number).every(isMultipleOf32), 'two multiples of 32, WxH')
      .default('128x96')
      .describe('Width and height of the images'),
    batch: wholeNumber(1).default(4).describe('Images of a step'),
    voc: z.string().optional().describe('VOCdevkit folder (drawn shapes if not given)'),
    set: z.string().default('2007/train').describe('Image set of --voc'),
    seed: wholeNumber(0).default(0).describe('Seed of weights and batches'),
    threads: wholeNumber(1).default(2).describe('Threads of each side'),
    out: z.string().default('runs/compare-curves').describe('Folder of what both sides read and write'),
    results: z.string().default('results').describe('Folder for compare-curves.json and .svg'),
  },
});
const [width, height] = values.size.split('x').map(Number);
const { steps, batch: batchSize, seed, threads } = values;
const settings = { optimizer: 'SGD', momentum: 0.9, weightDecay: 1e-4, learningRate: 0.001, clipNorm: 10 };

mkdirSync(values.out, { recursive: true });
const { samples, classNames, source } = await readSamples();
setUpPeers();
const batches = await makeBatches();
const schedule = createSchedule({
  kind: 'multi-step',
  learningRate: settings.learningRate,
  totalSteps: steps,
  warmupSteps: Math.round(steps / 10),
  milestones: [Math.round(steps * 0.75)],
});
const rates = batches.map((_, step) => schedule(step));
const detector = makeDetector({
  ...{ backbone: 'resnet50', numClasses: classNames.length, ...DETECTOR_VERSIONS.v1 },
  ...{ batchNorm: 'trainable', trainableStages: 5 },
});
const model = new CompiledModel({ variables: detector.variables, seed, threads });
await writePeerInputs();
const ours = await trainOurs();
await model.dispose();
const theirs = await trainTheirs('torchvision');
const control = await trainTheirs('control', '--perturb');
writeResults();

async function readSamples() {
  let voc = values.voc;
  if (voc === undefined) {
    voc = join(values.out, 'VOCdevkit');
    if (!existsSync(voc)) {
      const drawing = { seed: 0, counts: { train: 120 }, imageSides: [160, 240], objectCounts: [1, 4] };
      await makeShapesDevkit({ folder: voc, ...drawing });
    }
  }
  const set = readImageSet(voc, values.set, { onBadBox: 'skip' });
  const name = values.voc === undefined ? 'drawn shapes' : `${values.set}, ${set.images.length} images`;
  return { samples: detectionSamplesOf(set.images), classNames: set.classNames, source: name };
}

async function makeBatches() {
  const pool = createWorkerPool({ workers: 0 });
  const made = [];
  const options = { pool, batchSize, seed, order: 'shuffled', lastBatch: 'drop', pixels: 'uint8' };
  const resize = { kind: 'stretch', width, height };
  for (let epoch = 0; made.length < steps; epoch++) {
    const augmentation = { flipProbability: 0.5 };
    for await (const batch of detectionBatches(samples, { ...options, epoch, resize, augmentation, matching: {} })) {
      made.push(batch);
      if (made.length === steps) break;
    }
  }
  await pool.close();
  return made;
}

/** Writes start weights, pixels, boxes and rates for torchvision; boxes are read back from the targets. */
async function writePeerInputs() {
  const stored = await model.readVariables(detector.variables.map(({ name }) => name));
  const state = makeStateDict(detector.variables, stored, { batchCount: 0 });
  writeSafetensors(join(values.out, 'start.safetensors'), state, { format: 'pt' });
  const pixels = new Uint8Array(steps * batchSize * height * width * 3);
  batches.forEach(({ images }, step) => pixels.set(images.data, step * images.data.length));
  const images = { dtype: 'U8', shape: [steps * batchSize, height, width, 3], data: pixels };
  writeSafetensors(join(values.out, 'batches.safetensors'), new Map([['images', images]]), {});
  const objects = batches.flatMap((batch) => Array.from({ length: batchSize }, (_, image) => objectsOf(batch, image)));
  const plan = {
    ...{ width, height, batchSize, threads, rates, ...settings, numClasses: classNames.length },
    boxes: objects.map(({ boxes }) => boxes),
    labels: objects.map(({ labels }) => labels),
  };
  writeFileSync(join(values.out, 'plan.json'), JSON.stringify(plan));
}

/** The objects of an image of a batch: those in its sample, resized, and mirrored when the targets say so. */
function objectsOf(batch, image) {
  const sample = samples[batch.indices[image]];
  const [scaleX, scaleY] = [width / sample.width, height / sample.height].map(Math.fround);
  const boxes = Array.from({ length: sample.labels.length }, (_, i) => {
    const [x1, y1, x2, y2] = sample.boxes.subarray(4 * i, 4 * i + 4);
    return [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY].map(Math.fround);
  });
  if (boxes.length === 0) return { boxes, labels: [] };
  const anchors = retinanetAnchors(width, height);
  const count = anchors.length / 4;
  const row = batch.labels.data.subarray(image * count, (image + 1) * count).findIndex((label) => label >= 0);
  const deltas = batch.deltas.data.subarray((image * count + row) * 4, (image * count + row + 1) * 4);
  const box = decodeBoxes(deltas, anchors.subarray(4 * row, 4 * row + 4));
  const mirrored = boxes.map(([x1, y1, x2, y2]) => [width - x2, y1, width - x1, y2].map(Math.fround));
  const distance = (list) => Math.min(...list.map((other) => Math.max(...other.map((v, i) => Math.abs(v - box[i])))));
  return { boxes: distance(mirrored) < distance(boxes) ? mirrored : boxes, labels: [...sample.labels] };
}

async function trainOurs() {
  const loss = { boxLoss: 'l1', smoothL1Beta: 0.1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };
  const { momentum, weightDecay, clipNorm } = settings;
  const step = model.trainStep('train', trainingStep(detector, loss), {
    optimizer: { kind: 'sgd', momentum, weightDecay },
    clipNorm,
  });
  const losses = [];
  for (const [i, { images, imageSizes, labels, deltas }] of batches.entries()) {
    const outputs = await step({ images, imageSizes, labels, deltas, learningRate: rates[i] });
    const [classificationLoss, boxLoss] = ['classificationLoss', 'boxLoss'].map((name) => outputs[name].data[0]);
    losses.push({ classificationLoss, boxLoss });
    note('ours', i, classificationLoss + boxLoss);
  }
  return losses;
}

async function trainTheirs(side, ...flags) {
  const argv = [join(here, 'torch_curves.py'), values.out, ...flags];
  const child = spawn(peersPython, argv, { env: peersEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const losses = [];
  let version;
  for await (const line of createInterface({ input: child.stdout })) {
    const found = JSON.parse(line);
    if (found.version) version = found.version;
    else note(side, losses.push(found) - 1, found.classificationLoss + found.boxLoss);
  }
  const code = await ended;
  if (code !== 0 || losses.length !== steps)
    throw new Error(`torch_curves.py ended with ${code} after ${losses.length} steps`);
  return { losses, version };
}

function note(side, step, loss) {
  if (step % 10 === 0) process.stderr.write(`${side}: step ${step}, loss ${loss.toPrecision(5)}\n`);
}

function writeResults() {
  const { results } = values;
  mkdirSync(results, { recursive: true });
  const total = ({ classificationLoss, boxLoss }) => classificationLoss + boxLoss;
  const peer = theirs.losses.map(total);
  const largest = (losses) => {
    const distances = losses.map((one, i) => Math.abs(total(one) - peer[i]) / peer[i]);
    return Object.fromEntries(
      [1, 10, 50, steps].map((count) => [`first ${count}`, Math.max(...distances.slice(0, count))]),
    );
  };
  const summary = {
    machine: machine(),
    peer: theirs.version,
    settings: {
      source,
      width,
      height,
      batchSize,
      steps,
      precision: 'float32',
      seed,
      ...settings,
      warmupSteps: Math.round(steps / 10),
    },
    largestRelativeDifference: { ours: largest(ours), control: largest(control.losses) },
    meanOfLast20: Object.fromEntries(
      Object.entries({ ours, torchvision: theirs.losses, control: control.losses }).map(([side, losses]) => [
        side,
        meanOfLast(losses.map(total)),
      ]),
    ),
    ours,
    torchvision: theirs.losses,
    control: control.losses,
  };
  writeFileSync(join(results, 'compare-curves.json'), `${JSON.stringify(summary, null, 1)}\n`);
  writeFileSync(join(results, 'compare-curves.svg'), picture(ours.map(total), peer));
  const { largestRelativeDifference, meanOfLast20 } = summary;
  process.stdout.write(`${JSON.stringify({ largestRelativeDifference, meanOfLast20 }, null, 1)}\n`);
  rmSync(join(values.out, 'batches.safetensors'));
}

function meanOfLast(losses) {
  const last = losses.slice(-20);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** The two curves as an SVG file of its own, the second one above the first and thinner, so that both are seen. */
function picture(mine, peer) {
  const x = mine.map((_, step) => step + 1);
  const series = [
    { label: 'here', x, y: mine },
    { label: 'torchvision', x, y: peer },
  ];
  const figure = lineChartSvg({ title: 'Loss', xLabel: 'step', yLabel: 'loss', series });
  const [, content] = /<svg[^>]*>(.*)<\/svg>/s.exec(withLightColours(figure));
  const [first, second] = withLightColours('var(--series-0) var(--series-1)').split(' ');
  const thin = content.replace(
    new RegExp(`stroke="${second}" stroke-width="1.8"`),
    `stroke="${second}" stroke-width="0.8"`,
  );
  const legend = series.map(({ label }, i) => {
    const place = `x="${230 + 70 * i}" y="30" font-size="15" fill="${[first, second][i]}"`;
    return `<text ${place}>${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 280" width="880" height="560" font-family="sans-serif"><rect width="440" height="280" fill="#fff"/>${thin}${legend.join('')}</svg>\n`;
}
