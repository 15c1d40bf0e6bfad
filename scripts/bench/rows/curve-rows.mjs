// Rows of how cost grows: one small piece of work at a few sizes, each a contender. A law follows from their times.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** A row over the values `at` of what `of` names; `options` gives those of the script for a value. */
function curve({ name, title, of, at, script, options }) {
  const contender = (value) => ({ runtime: 'node', script: join(here, script), options: options(value) });
  return {
    name: `curve-${name}`,
    group: 'curves',
    title,
    curve: { of, at },
    contenders: Object.fromEntries(at.map((value) => [`${of}: ${value}`, contender(value)])),
    extra: {},
  };
}

const classifier = { model: 'resnet20', numClasses: 100, precision: 'float32' };
const detector = { backbone: 'resnet18', imageSize: 128, batchSize: 2, precision: 'float32' };

export const curveRows = [
  curve({
    name: 'batch',
    title: 'resnet20 training step, 32x32, by the size of the batch',
    of: 'images a batch',
    at: [16, 32, 64, 128],
    script: 'classifier-step.mjs',
    options: (batchSize) => ({ ...classifier, imageSize: 32, batchSize }),
  }),
  curve({
    name: 'image-size',
    title: 'resnet20 training step, batches of 16, by the size of the image',
    of: 'pixels a side',
    at: [32, 48, 64, 96],
    script: 'classifier-step.mjs',
    options: (imageSize) => ({ ...classifier, imageSize, batchSize: 16 }),
  }),
  curve({
    name: 'classes',
    title: 'RetinaNet-R18 training step, 2x128x128, by the number of classes',
    of: 'classes',
    at: [5, 20, 80, 320],
    script: 'detector-step.mjs',
    options: (numClasses) => ({ ...detector, numClasses }),
  }),
  curve({
    name: 'boxes',
    title: 'Matching the anchors of a 512x512 image, by the number of its boxes',
    of: 'boxes an image',
    at: [8, 32, 128, 512],
    script: 'match-boxes.mjs',
    options: (boxes) => ({ boxes, batchSize: 1 }),
  }),
  curve({
    name: 'images',
    title: 'Reading VOC annotations, by the number of images',
    of: 'images',
    at: [250, 500, 1000, 2000],
    script: 'read-annotations.mjs',
    options: (batchSize) => ({ batchSize }),
  }),
  ...['voc10', 'coco'].map((protocol) =>
    curve({
      name: `detections-${protocol}`,
      title: `Average precision (${protocol}) of 250 detections an image, by their number`,
      of: 'detections',
      at: [125_000, 250_000, 500_000, 1_000_000],
      script: 'evaluate-detections.mjs',
      options: (batchSize) => ({ protocol, batchSize }),
    }),
  ),
];
