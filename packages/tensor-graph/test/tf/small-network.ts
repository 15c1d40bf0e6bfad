import {
  conv2d,
  globalAveragePool,
  linear,
  normalInit,
  relu,
  tf,
  zerosInit,
  type HostTensor,
  type StepContext,
  type TrainOptions,
  type VariableSpec,
} from '../../src';

const parameter = { role: 'parameter', isTrainable: true, hasDecay: true } as const;

/** The parameters of a network of one convolution and one layer, for images [N, 6, 6, 1] of three classes. */
export const parameters: readonly VariableSpec[] = [
  { ...parameter, name: 'conv.weight', shape: [3, 3, 1, 4], initial: normalInit(0.5) },
  { ...parameter, name: 'fc.weight', shape: [4, 3], initial: normalInit(0.5) },
];

/** A buffer of one number, which starts at 0. */
export function scalarBuffer(name: string): VariableSpec {
  return { ...parameter, name, shape: [], initial: zerosInit, role: 'buffer', isTrainable: false };
}

/** The network's logits. [N, 3] */
export function logitsOf(step: StepContext, images: tf.Tensor): tf.Tensor {
  const x = relu(conv2d(images, step.variable('conv.weight'), { padding: 1 }));
  return linear(globalAveragePool(x), step.variable('fc.weight'), tf.zeros([3]));
}

export const sgd: TrainOptions = { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-2 }, clipNorm: 0.05 };
export const adamw: TrainOptions = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
};

/** Images `from`…`from + count` with their labels, so that small batches are parts of a large one. */
export function batch(from: number, count: number, scale = 1): Record<'images' | 'labels', HostTensor> {
  const data = Float32Array.from({ length: count * 36 }, (_, i) => scale * Math.sin((from * 36 + i) * 1.7));
  return {
    images: { dtype: 'float32', shape: [count, 6, 6, 1], data },
    labels: { dtype: 'int32', shape: [count], data: Int32Array.from({ length: count }, (_, i) => (from + i) % 3) },
  };
}
