// The rows of the bench: what is measured, by whom. A contender is a process that prints one JSON line when it is done
// (see measure.mjs and scripts/peers/measure.py); its options are passed as one JSON argument.
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curveRows } from './rows/curve-rows.mjs';
import { distributedRows } from './rows/distributed-rows.mjs';
import { loadingRows } from './rows/loading-rows.mjs';
import { trainingRows } from './rows/training-rows.mjs';
import { vocEvalRows } from './rows/voc-eval-rows.mjs';
import { webRows } from './rows/web-rows.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const peers = join(here, '..', 'peers');

const ours = (script, options) => ({ runtime: 'node', script: join(here, 'rows', script), options });
const peer = (script, options) => ({ runtime: 'python', script: join(peers, script), options });

/** A training step of a classifier: forward, backward, SGD with momentum 0.9 and weight decay 1e-4. */
function classifierStep({ name, group, model, imageSize, batchSize, numClasses, settings = {}, gflopPerImage }) {
  return ['float32', 'bfloat16'].map((precision) => {
    const options = { model, imageSize, batchSize, numClasses, precision };
    return {
      name: `${name}-${precision}`,
      group,
      hasGpu: true,
      title: `${model} training step, ${batchSize}x${imageSize}x${imageSize}, ${precision}`,
      settings,
      contenders: {
        ours: ours('classifier-step.mjs', options),
        pytorch: peer('torch_classifier.py', options),
        ...(gflopPerImage === undefined
          ? {}
          : {
              keras: { ...peer('keras_classifier.py', options), isCpuOnly: true },
              limit: { ...peer('matmul_limit.py', { ...options, gflopPerImage }), isCpuOnly: true },
            }),
      },
      ...(gflopPerImage === undefined ? {} : { note: limitNote(gflopPerImage) }),
      extra: {
        'pytorch-compiled': { ...peer('torch_classifier.py', { ...options, isCompiled: true }), modeOf: 'pytorch' },
      },
    };
  });
}

function limitNote(gflopPerImage) {
  return (
    `limit: images/s if all ${gflopPerImage.toFixed(1)} GFLOP of an image's step with direct convolutions ran at the rate of ` +
    "TensorFlow's product of matrices of 2048x2048; beside it stands what share of it ours reaches."
  );
}

/** RetinaNet-R50, 20 classes, frozen batch norm, three trainable stages. */
function detector({ name, mode, imageSize, batchSize }) {
  return ['float32', 'bfloat16'].map((precision) => {
    const options = { mode, imageSize, batchSize, precision };
    const what = mode === 'train' ? 'training step' : 'inference with post-processing';
    return {
      name: `${name}-${precision}`,
      group: 'retinanet',
      hasGpu: true,
      title: `RetinaNet-R50 ${what}, ${batchSize}x${imageSize}x${imageSize}, ${precision}`,
      contenders: {
        ours: ours(mode === 'train' ? 'detector-step.mjs' : 'detector-inference.mjs', options),
        torchvision: peer('torch_retinanet.py', options),
      },
      extra: {
        'torchvision-compiled': {
          ...peer('torch_retinanet.py', { ...options, isCompiled: true }),
          modeOf: 'torchvision',
        },
      },
    };
  });
}

/**
 * What Feature Mining adds to our own step, in the setting of its paper's table 10; the first contender is the one with
 * it. Memory is that of a process for each; time is compared step by step in one process.
 */
function miningOverhead(stages) {
  const options = { model: 'resnet56', imageSize: 32, batchSize: 128, numClasses: 100, precision: 'float32' };
  return {
    name: `feature-mining-${stages}`,
    group: 'feature-mining',
    title: `ResNet-56 training step with Feature Mining on ${stages} stage(s) against without, 128x32x32, float32`,
    contenders: {
      mining: ours('classifier-step.mjs', { ...options, mining: stages }),
      plain: ours('classifier-step.mjs', options),
    },
    paired: ours('mining-overhead.mjs', { ...options, stages }),
    extra: {},
  };
}

const CIFAR = { group: 'cifar', imageSize: 32, batchSize: 128, numClasses: 100 };

/** The row on a GPU, with those contenders whose libraries can use one; no limit is measured there. */
function gpuForm(row) {
  const able = Object.entries(row.contenders).filter(([, { isCpuOnly }]) => !isCpuOnly);
  const names = { name: `${row.name}-gpu`, title: `${row.title}, on a GPU` };
  return { ...row, ...names, device: 'gpu', note: undefined, contenders: Object.fromEntries(able) };
}

const cpuRows = [
  ...classifierStep({
    name: 'resnet50',
    group: 'resnet50',
    model: 'resnet50',
    imageSize: 224,
    batchSize: 16,
    numClasses: 1000,
    // Forward 8.18 (4.09 multiplications and additions), backward twice that.
    gflopPerImage: 3 * 8.18,
  }),
  ...classifierStep({ ...CIFAR, name: 'resnet56', model: 'resnet56' }),
  // Its steps are long.
  ...classifierStep({ ...CIFAR, name: 'wrn-28-10', model: 'wrn-28-10', settings: { steps: 3, warmup: 2 } }),
  ...detector({ name: 'retinanet-train-256', mode: 'train', imageSize: 256, batchSize: 4 }),
  ...detector({ name: 'retinanet-train-512', mode: 'train', imageSize: 512, batchSize: 2 }),
  ...detector({ name: 'retinanet-infer-512', mode: 'infer', imageSize: 512, batchSize: 1 }),
  ...detector({ name: 'retinanet-infer-256', mode: 'infer', imageSize: 256, batchSize: 8 }),
  miningOverhead(1),
  miningOverhead(2),
  ...loadingRows,
  ...trainingRows,
  ...distributedRows,
  ...curveRows,
  ...vocEvalRows,
  ...webRows,
];

/** Every row; the first contender is compared with each of the others. */
export const rows = [...cpuRows, ...cpuRows.filter(({ hasGpu }) => hasGpu).map(gpuForm)];
