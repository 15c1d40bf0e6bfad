// A small convolutional network trained as one TensorFlow graph, and the same network op by op.
// Run: node examples/compile-a-step.mjs
import {
  CompiledModel,
  conv2d,
  globalAveragePool,
  kaimingNormalFanOut,
  linear,
  normalInit,
  relu,
  softmaxCrossEntropy,
  tf,
  zerosInit,
} from '@featuremine/tensor-graph';

const parameter = (name, shape, initial) => ({
  name,
  shape,
  initial,
  role: 'parameter',
  isTrainable: true,
  hasDecay: true,
});
const variables = [
  parameter('conv1', [3, 3, 3, 32], kaimingNormalFanOut),
  parameter('conv2', [3, 3, 32, 64], kaimingNormalFanOut),
  parameter('head.weight', [64, 2], normalInit(0.1)),
  parameter('head.bias', [2], zerosInit),
];

// Written with tfjs ops and this package's ops; all that changes from step to step is an input.
function network(step, { images, labels }) {
  const x = tf.sub(tf.div(images, 127.5), 1);
  const low = relu(conv2d(x, step.variable('conv1'), { stride: 2, padding: 1 }));
  const high = relu(conv2d(low, step.variable('conv2'), { stride: 2, padding: 1 }));
  const logits = linear(globalAveragePool(high), step.variable('head.weight'), step.variable('head.bias'));
  return { loss: softmaxCrossEntropy(logits, labels), logits };
}

// 32 images of 64x64: class 1 is brighter on its left half.
const [count, size] = [32, 64];
const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
const pixels = Uint8Array.from({ length: count * size * size * 3 }, (_, i) => {
  const image = Math.floor(i / (size * size * 3));
  const isLeft = Math.floor(i / 3) % size < size / 2;
  return ((i * 2654435761) % 97) + (labels[image] === 1 && isLeft ? 100 : 0);
});
const inputs = {
  images: { dtype: 'uint8', shape: [count, size, size, 3], data: pixels },
  labels: { dtype: 'int32', shape: [count], data: labels },
  learningRate: 0.05,
};

for (const eager of [false, true]) {
  const model = new CompiledModel({ variables, seed: 1, eager });
  const optimizer = { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 };
  const train = model.trainStep('train', network, { optimizer });
  let loss = (await train(inputs)).loss.data[0]; // the first call compiles
  const start = performance.now();
  for (let i = 1; i < 30; i++) loss = (await train(inputs)).loss.data[0];
  const elapsedMs = (performance.now() - start) / 29;
  console.log(
    `${eager ? 'op by op ' : 'compiled '} loss ${loss.toFixed(4)} after 30 steps, ${elapsedMs.toFixed(1)} ms a step`,
  );
  await model.dispose();
}
