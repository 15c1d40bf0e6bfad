// Rows of whole trainings: from JPEG files against the pure step and a PyTorch loop; from command to first step; and
// against stock tfjs-node.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHOTO_FOLDER } from './bench-photos.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ours = (script, options) => ({ runtime: 'node', script: join(here, script), options });
const peer = (script, options) => ({ runtime: 'python', script: join(here, '../../peers', script), options });
const PRECISIONS = ['float32', 'bfloat16'];

/** A timed step is four training steps: 64 images. */
function trainingRow(precision) {
  const options = { model: 'resnet50', imageSize: 224, batchSize: 64, perBatch: 16, numClasses: 1000, precision };
  const files = { ...options, workers: 2, folder: PHOTO_FOLDER };
  return {
    name: `training-files-${precision}`,
    group: 'training',
    title: `resnet50 trained from 500x375 JPEG files, batches of 16x224x224, ${precision}, 2 workers`,
    needsPhotos: true,
    hasGpu: true,
    settings: { steps: 3, warmup: 1 },
    contenders: {
      ours: ours('training-from-files.mjs', files),
      'pure step': ours('classifier-step.mjs', options),
      'pytorch loop': peer('torch_training.py', { ...files, decoder: 'io' }),
    },
    extra: {
      'pytorch loop, PIL': { ...peer('torch_training.py', { ...files, decoder: 'pil' }), modeOf: 'pytorch loop' },
      'pytorch loop, compiled': {
        ...peer('torch_training.py', { ...files, decoder: 'io', isCompiled: true }),
        modeOf: 'pytorch loop',
      },
    },
  };
}

function firstStepRow(precision) {
  const options = { model: 'resnet50', imageSize: 224, batchSize: 16, numClasses: 2, precision };
  return {
    name: `first-step-${precision}`,
    group: 'training',
    title: `From command to the end of the first training step: resnet50 from JPEG files, 16x224x224, ${precision}`,
    unit: 'seconds',
    needsPhotos: true,
    settings: { steps: 2, warmup: 1 },
    contenders: {
      ours: ours('first-step.mjs', { ...options, by: 'ours' }),
      pytorch: ours('first-step.mjs', { ...options, by: 'pytorch' }),
    },
    needsPeers: true,
    extra: {},
  };
}

/** Stock tfjs-node has float32 only, and needs 12 GB for ResNet-50. */
function stockRow({ precision, ...options }) {
  return {
    name: `stock-${options.model}-${precision}`,
    group: 'stock',
    title: `${options.model} training step in ${precision} against stock tfjs-node ops in float32, ${options.batchSize}x${options.imageSize}x${options.imageSize}, both on this project's TensorFlow`,
    note: 'Stock ops run on the TensorFlow that this project installs for tfjs-node, not on the 2.9.1 that tfjs-node 4.22 downloads itself.',
    settings: { steps: 3, warmup: 2 },
    contenders: {
      ours: ours('classifier-step.mjs', { ...options, precision }),
      'stock tfjs-node': ours('stock-tfjs.mjs', options),
    },
    extra: {},
  };
}

export const trainingRows = [
  ...PRECISIONS.map(trainingRow),
  ...PRECISIONS.map(firstStepRow),
  ...PRECISIONS.flatMap((precision) => [
    stockRow({ model: 'resnet50', imageSize: 224, batchSize: 16, numClasses: 1000, precision }),
    stockRow({ model: 'resnet56', imageSize: 32, batchSize: 128, numClasses: 100, precision }),
  ]),
];
