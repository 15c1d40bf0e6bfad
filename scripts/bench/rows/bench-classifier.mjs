// A classifier's training step: uint8 images in, normalised, forward, backward, SGD with momentum 0.9 and weight decay
// 1e-4, on one batch of drawn images.
import { createClassifier, createNetwork, featureMining, IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { Random } from '@featuremine/random';
import { checkDevice } from './check-device.mjs';

/** The model, and its step by number; `job` are the processes that share it, each with `batchSize` images. */
export function benchClassifier({
  model: name,
  imageSize,
  numClasses,
  precision,
  threads,
  device,
  batchSize,
  mining: stages = 0,
  job,
}) {
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
    ...(job === undefined ? {} : { job }),
  });
  checkDevice(model, { device });
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
  return { model, step: (index) => train({ learningRate: 0.01, images, labels, ...mining.draw(0, index) }) };
}
