// ResNet training from JPEG files here: the loader of trainings beside the compiled step. A timed step is several training
// steps, so that batches made ahead even out. Nothing is kept from epoch to epoch.
import { createClassifier, createNetwork, featureMining, IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { classificationBatches, createWorkerPool, openImageFolder } from '@featuremine/vision-data';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { PHOTO_FOLDER } from './bench-photos.mjs';
import { checkDevice } from './check-device.mjs';

const options = contenderOptions();
const { model: name, imageSize, batchSize, perBatch, numClasses, precision, threads, workers } = options;
const network = createNetwork(name, { numClasses });
const { model, train } = createClassifier({
  ...{ network, mining: featureMining(network, { stages: 0, imageSize }), pixels: IMAGENET_PIXELS, labelSmoothing: 0 },
  ...{ seed: 0, precision, threads, optimizer: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  ...{ decayVectors: true, ema: 0 },
});
checkDevice(model, options);
const dataset = openImageFolder({ folder: PHOTO_FOLDER, split: 'all' });
const pool = createWorkerPool({ workers });

async function* endlessBatches() {
  const transform = { crop: { kind: 'random-resized' }, isFlipped: true };
  for (let epoch = 0; ; epoch++) {
    yield* classificationBatches(dataset, {
      ...{ pool, imageSize, transform, seed: 0, epoch, batchSize: perBatch, cacheBytes: 0 },
      ...{ order: 'shuffled', lastBatch: 'drop' },
    });
  }
}

const batches = endlessBatches();
let loss = NaN;
await measureSteps({
  options,
  step: async () => {
    for (let i = 0; i < batchSize / perBatch; i++) {
      const { images, labels } = (await batches.next()).value;
      loss = (await train({ learningRate: 0.01, images, labels })).loss.data[0];
    }
  },
  note: () => ({ loss }),
});
await batches.return();
await pool.close();
await model.dispose();
