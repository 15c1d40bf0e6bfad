// RetinaNet-R50 here against torchvision's: images, anchors, matches, outputs, losses, gradients, detections; exports it.
import { join } from 'node:path';
import { IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { retinanetAnchors } from '@featuremine/boxes';
import {
  detectSamples,
  detectorWeights,
  DETECTOR_VERSIONS,
  evaluationStep,
  makeDetector,
  trainingStep,
} from '@featuremine/retinanet';
import { CompiledModel } from '@featuremine/tensor-graph';
import { createWorkerPool, detectionBatches } from '@featuremine/vision-data';
import { fromTorchLayout, makeStateDict, readSafetensors, readStateDict, writeSafetensors } from '@featuremine/weights';
import { stored } from './classifier.mjs';
import { relativeL2, relativeMaximum } from '../../test/support/distance.js';

/** Adds the comparisons of a version ('v1' or 'v2') to the report, and writes its exported and outputs files. */
export async function compareDetector(folder, version, report) {
  const { tensors, metadata } = readSafetensors(join(folder, `retinanet-${version}-expected.safetensors`));
  const about = JSON.parse(metadata.get('about'));
  const detector = makeDetector({
    backbone: 'resnet50',
    numClasses: about.classes,
    ...DETECTOR_VERSIONS[version],
    batchNorm: 'frozen',
    trainableStages: 3,
  });
  const model = new CompiledModel({ variables: detector.variables, seed: 0, threads: 2 });
  const file = join(folder, `retinanet-${version}.safetensors`);
  await model.writeVariables(detectorWeights(detector, readStateDict(file), file).values);
  const pool = createWorkerPool({ workers: 0 });
  const resize = { kind: 'min-max', minSize: about.minSize, maxSize: about.maxSize };
  const evaluate = model.evaluation('evaluate', evaluationStep(detector));
  const expected = (name) => tensors.get(name).data;
  const files = { folder, version, about, tensors, expected, samples: samplesOf(folder, about) };
  const running = { ...files, report, title: `retinanet ${version}`, detector, model, evaluate, pool, resize };

  const batch = await firstBatch(running);
  compareInputs(running, batch);
  await compareOutputs(running, batch);
  await compareDetections(running);
  const state = await compareTrainingStep(running, batch);
  await writeOurs(running, batch, state);
  await pool.close();
  await model.dispose();
}

function samplesOf(folder, about) {
  return about.sizes.map(([height, width], index) => ({
    id: String(index),
    imagePath: join(folder, `image${index}.png`),
    width,
    height,
    boxes: Float32Array.from(about.boxes[index].flat()),
    labels: Int32Array.from(about.labels[index]),
    isDifficult: new Uint8Array(about.labels[index].length),
  }));
}

async function firstBatch({ samples, pool, resize }) {
  const options = { pool, batchSize: samples.length, seed: 0, epoch: 0, order: 'sequential', lastBatch: 'short' };
  for await (const batch of detectionBatches(samples, { ...options, resize, pixels: 'float32', matching: {} })) {
    return batch;
  }
}

function compareInputs({ report, title, about, expected }, batch) {
  const [, height, width] = batch.images.shape;
  const anchors = retinanetAnchors(width, height);
  report.addExact(`${title} image sizes`, batch.imageSizes.data, expected('sizes'));
  report.add(`${title} images`, relativeMaximum(prepared(batch), expected('batch')), 1e-5);
  report.addExact(`${title} anchors`, anchors, expected('anchors'));
  const count = anchors.length / 4;
  const labels = Array.from(expected('matches'), (match, i) =>
    match < 0 ? match : about.labels[Math.floor(i / count)][match],
  );
  report.addExact(`${title} matches`, batch.labels.data, labels);
  const encoded = labels.flatMap((label, i) => (label < 0 ? [] : [...batch.deltas.data.subarray(i * 4, i * 4 + 4)]));
  report.add(`${title} encoded boxes`, relativeMaximum(encoded, expected('encoded')), 1e-5);
}

async function compareOutputs({ report, title, expected, evaluate }, batch) {
  const outputs = await evaluate(imagesOf(batch));
  const distances = Object.entries(outputs).map(([name, { data }]) => [name, relativeMaximum(data, expected(name))]);
  report.addWorst(`${title} logits and deltas`, new Map(distances), 1e-4);
}

async function compareDetections({ report, title, about, expected, samples, pool, resize, evaluate }) {
  let index = 0;
  const options = { evaluate, numClasses: about.classes, resize, batchSize: 3, pool, pixels: 'float32' };
  for await (const { detections } of detectSamples(samples, options)) {
    const named = (name) => expected(`detections${index}/${name}`);
    report.addExact(`${title} image ${index}, detected classes`, detections.classIds, named('classIds'));
    report.add(`${title} image ${index}, scores`, relativeMaximum(detections.scores, named('scores')), 1e-4);
    report.add(`${title} image ${index}, boxes`, relativeMaximum(detections.boxes, named('boxes')), 1e-4);
    index++;
  }
}

/** Losses and gradients of a step; returns the variables after it. */
async function compareTrainingStep({ version, report, title, tensors, expected, detector, model }, batch) {
  const boxLoss = version === 'v1' ? 'l1' : 'giou';
  const loss = { boxLoss, smoothL1Beta: 0.1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };
  const train = model.trainStep('train', trainingStep(detector, loss), {
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
  });
  const { labels, deltas } = batch;
  const losses = await train({ ...imagesOf(batch), labels, deltas, learningRate: 1e-3 });
  for (const name of ['classificationLoss', 'boxLoss']) {
    report.add(`${title} ${name}`, relativeMaximum(losses[name].data, expected(name)), 1e-5);
  }
  const state = await model.readVariables();
  const gradients = new Map();
  for (const { name, isTrainable } of detector.variables) {
    if (!isTrainable) continue;
    const { shape, data } = tensors.get(`gradient/${name}`);
    // Momentum starts at zero, so after one step it is the gradient.
    gradients.set(name, relativeL2(state.get(`momentum/${name}`), fromTorchLayout(shape, data).data));
  }
  report.addWorst(`${title} gradients, relative L2`, gradients, 1e-3);
  return state;
}

async function writeOurs({ folder, version, detector, evaluate }, batch, state) {
  const exported = makeStateDict(detector.variables, state);
  writeSafetensors(join(folder, `retinanet-${version}-exported.safetensors`), exported, { format: 'pt' });
  const outputs = stored(await evaluate(imagesOf(batch)));
  writeSafetensors(join(folder, `retinanet-${version}-outputs.safetensors`), outputs);
}

function imagesOf({ images, imageSizes }) {
  return { images, imageSizes };
}

/** The batch as the network sees it: normalised, and 0 in the padding. [N, H, W, 3] */
function prepared({ images, imageSizes }) {
  const [count, height, width] = images.shape;
  const result = new Float32Array(images.data.length);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < imageSizes.data[2 * n]; y++) {
      for (let x = 0; x < imageSizes.data[2 * n + 1]; x++) {
        for (let c = 0; c < 3; c++) {
          const i = ((n * height + y) * width + x) * 3 + c;
          result[i] = (images.data[i] / 255 - IMAGENET_PIXELS.mean[c]) / IMAGENET_PIXELS.std[c];
        }
      }
    }
  }
  return result;
}
