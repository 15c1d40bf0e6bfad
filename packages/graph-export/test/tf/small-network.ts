import {
  add,
  batchNormLayer,
  conv2d,
  conv2dFrozenBatchNorm,
  globalAveragePool,
  groupNorm,
  linear,
  maxPool2d,
  normalizeImages,
  relu,
  tf,
  upsampleNearest,
} from '@featuremine/tensor-graph';
import type { StepFunction, VariableSpec } from '@featuremine/tensor-graph';

const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'conv1.weight': [7, 7, 3, 8],
  'bn1.weight': [8],
  'bn1.bias': [8],
  'bn1.running_mean': [8],
  'bn1.running_var': [8],
  'conv2.weight': [3, 3, 8, 8],
  'bn2.weight': [8],
  'bn2.bias': [8],
  'bn2.running_mean': [8],
  'bn2.running_var': [8],
  'conv3.weight': [3, 3, 8, 8],
  'gn.weight': [8],
  'gn.bias': [8],
  'head.weight': [3, 3, 8, 6],
  'head.bias': [6],
  'fc.weight': [8, 5],
  'fc.bias': [5],
};

/** Variables of all kinds that networks have. */
export const variables: readonly VariableSpec[] = Object.entries(SHAPES).map(([name, shape]) => ({
  name,
  shape,
  role: 'parameter',
  isTrainable: true,
  hasDecay: true,
  initial: () => values.get(name)!,
}));

/** Values of both signs; those of variances are positive. */
export const values: ReadonlyMap<string, Float32Array> = new Map(
  Object.entries(SHAPES).map(([name, shape], index) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const isPositive = name.endsWith('running_var');
    return [name, Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + index) * 0.4 + (isPositive ? 1 : 0))];
  }),
);

/**
 * A network with a form of everything: normalisation, frozen and stored batch norm, paddings of both kinds, pooling, group
 * norm, upsampling, a residual sum, rows of predictions, a classifier, softmax over classes and over channels. Inputs `images` [N, H, W, 3]; sides are multiples
 * of 8.
 */
export const network: StepFunction = (step, inputs) => {
  const images = normalizeImages(inputs['images'], [0.4, 0.5, 0.6], [0.2, 0.3, 0.25]);
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    step.variable(`bn1.${part}`),
  );
  const parameters = { scale, offset, mean, variance };
  const stem = conv2dFrozenBatchNorm(images, step.variable('conv1.weight'), parameters, { stride: 2, padding: 3 });
  const pooled = maxPool2d(relu(stem), { size: 3, stride: 2, padding: 1 });
  const branch = relu(batchNormLayer(step, conv2d(pooled, step.variable('conv2.weight'), { padding: 1 }), 'bn2'));
  const coarse = conv2d(branch, step.variable('conv3.weight'), { stride: 2, padding: 1 });
  const normed = groupNorm(coarse, step.variable('gn.weight'), step.variable('gn.bias'), { groups: 2 });
  const [, height, width] = branch.shape;
  const sum = add(branch, upsampleNearest(normed, [height, width]));
  const rows = conv2d(sum, step.variable('head.weight'), { padding: 1, bias: step.variable('head.bias') });
  const logits = linear(globalAveragePool(sum), step.variable('fc.weight'), step.variable('fc.bias'));
  return {
    rows: tf.reshape(rows, [1, height * width * 3, 2]),
    logits,
    shares: tf.softmax(logits),
    // A map is an output in ONNX's own order: as rows it is the same everywhere.
    cellShares: tf.reshape(tf.softmax(rows), [1, height * width, 6]),
  };
};
