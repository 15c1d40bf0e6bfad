// A classifier's training step here: uint8 images in, normalised, forward, backward, SGD with momentum 0.9 and weight
// decay 1e-4, all in the compiled graph. With options.perBatch a timed step is several training steps of so many images.
import { createClassifier, createNetwork, featureMining, IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { Random } from '@featuremine/random';
import { contenderOptions, measureSteps } from '../measure.mjs';

const options = contenderOptions();
const { model: name, imageSize, numClasses, precision, threads, mining: stages = 0 } = options;
const batchSize = options.perBatch ?? options.batchSize;
const network = createNetwork(name, { numClasses });
const mining = featureMining(network, { stages, imageSize });
const { model, train } = createClassifier({
  network,
  mining,
  pixels: IMAGENET_PIXELS,
  labelSmoothing: 0,
  seed: 0,
  precision,
  threads,
  optimizer: 'sgd',
  momentum: 0.9,
  nesterov: false,
  weightDecay: 1e-4,
  decayVectors: true,
  ema: 0,
});
const random = Random.of(0, 'bench');
const images = {
  dtype: 'uint8',
  shape: [batchSize, imageSize, imageSize, 3],
  data: Uint8Array.from({ length: batchSize * imageSize * imageSize * 3 }, () => random.integer(256)),
};
const labels = {
  dtype: 'int32',
  shape: [batchSize],
  data: Int32Array.from({ length: batchSize }, () => random.integer(numClasses)),
};
let loss = NaN;
await measureSteps({
  options,
  step: async (index) => {
    for (let i = 0; i < options.batchSize / batchSize; i++) {
      const outputs = await train({ learningRate: 0.01, images, labels, ...mining.draw(0, index) });
      loss = outputs.loss.data[0];
    }
  },
  note: () => ({ loss }),
});
await model.dispose();
