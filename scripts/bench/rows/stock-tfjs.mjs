// What a user of tfjs-node has without this project: the same network in stock tfjs ops (moments and batchNorm, eager),
// tf.variableGrads and its momentum optimizer. ResNet-50, or CIFAR's ResNet-56.
import { tf } from '@featuremine/tensor-graph';
import { contenderOptions, measureSteps } from '../measure.mjs';

const options = contenderOptions();
const { model: name, imageSize, batchSize, numClasses } = options;
const EPSILON = 1e-5;
const KEEP = 0.9;
const WEIGHT_DECAY = 1e-4;

const variables = new Map();

function variable(path, make, isTrainable = true) {
  let found = variables.get(path);
  if (found === undefined) variables.set(path, (found = tf.variable(tf.tidy(make), isTrainable, path)));
  return found;
}

function conv(x, path, { size, filters, stride = 1 }) {
  const inputs = x.shape[3];
  const deviation = Math.sqrt(2 / (size * size * filters));
  const weight = variable(`${path}.weight`, () => tf.randomNormal([size, size, inputs, filters], 0, deviation));
  return tf.conv2d(x, weight, stride, 'same');
}

function batchNorm(x, path) {
  const channels = [x.shape[3]];
  const scale = variable(`${path}.scale`, () => tf.ones(channels));
  const offset = variable(`${path}.offset`, () => tf.zeros(channels));
  const running = ['mean', 'variance'].map((part) => variable(`${path}.${part}`, () => tf.zeros(channels), false));
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  [mean, variance].forEach((value, i) => running[i].assign(running[i].mul(KEEP).add(value.mul(1 - KEEP))));
  return tf.batchNorm(x, mean, variance, offset, scale, EPSILON);
}

function bottleneck(x, path, { filters, stride }) {
  let y = tf.relu(batchNorm(conv(x, `${path}.conv1`, { size: 1, filters }), `${path}.bn1`));
  y = tf.relu(batchNorm(conv(y, `${path}.conv2`, { size: 3, filters, stride }), `${path}.bn2`));
  y = batchNorm(conv(y, `${path}.conv3`, { size: 1, filters: 4 * filters }), `${path}.bn3`);
  const isSame = stride === 1 && x.shape[3] === 4 * filters;
  const projection = () => conv(x, `${path}.down`, { size: 1, filters: 4 * filters, stride });
  return tf.relu(y.add(isSame ? x : batchNorm(projection(), `${path}.downBn`)));
}

function basic(x, path, { filters, stride }) {
  let y = tf.relu(batchNorm(conv(x, `${path}.conv1`, { size: 3, filters, stride }), `${path}.bn1`));
  y = batchNorm(conv(y, `${path}.conv2`, { size: 3, filters }), `${path}.bn2`);
  const isSame = stride === 1 && x.shape[3] === filters;
  const projection = () => conv(x, `${path}.down`, { size: 1, filters, stride });
  return tf.relu(y.add(isSame ? x : batchNorm(projection(), `${path}.downBn`)));
}

const NETWORKS = {
  resnet50: { block: bottleneck, depths: [3, 4, 6, 3], filters: 64, stem: 7 },
  resnet56: { block: basic, depths: [9, 9, 9], filters: 16, stem: 3 },
};

function network(images) {
  const { block, depths, filters, stem } = NETWORKS[name];
  const isLarge = stem === 7;
  let x = tf.relu(batchNorm(conv(images, 'conv1', { size: stem, filters, stride: isLarge ? 2 : 1 }), 'bn1'));
  if (isLarge) x = tf.maxPool(x, 3, 2, 'same');
  depths.forEach((depth, stage) => {
    for (let i = 0; i < depth; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      x = block(x, `layer${stage + 1}.${i}`, { filters: filters << stage, stride });
    }
  });
  x = x.mean([1, 2]);
  const weight = variable('fc.weight', () => tf.randomNormal([x.shape[1], numClasses], 0, 0.01));
  const bias = variable('fc.bias', () => tf.zeros([numClasses]));
  return tf.matMul(x, weight).add(bias);
}

const optimizer = tf.train.momentum(0.01, 0.9);
const images = tf.randomNormal([batchSize, imageSize, imageSize, 3]);
const labels = tf.oneHot(tf.randomUniform([batchSize], 0, numClasses, 'int32'), numClasses);
tf.tidy(() => network(images)); // Makes the variables.
const trained = [...variables.values()].filter(({ trainable }) => trainable);

let loss = NaN;
await measureSteps({
  options,
  step: async () => {
    loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => tf.losses.softmaxCrossEntropy(labels, network(images)), trained);
      for (const weight of trained) grads[weight.name] = grads[weight.name].add(weight.mul(WEIGHT_DECAY));
      optimizer.applyGradients(grads);
      return value.dataSync()[0];
    });
  },
  note: () => ({
    loss,
    parameters: trained.reduce((sum, { size }) => sum + size, 0),
    version: `tfjs ${tf.version_core ?? ''}`.trim(),
  }),
});
