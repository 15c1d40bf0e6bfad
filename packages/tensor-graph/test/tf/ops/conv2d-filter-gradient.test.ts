import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { conv2d, type Conv2dOptions } from '../../../src/ops/conv2d';
import { recordFor } from '../../../src/precision-scope';
import { int, rawOp, string, type } from '../../../src/raw-op';
import { tf } from '../../../src/tensorflow';
import { randomValues, toTensor } from './finite-differences';
import { deviation } from './fixtures';

interface Case {
  readonly x: number[];
  readonly filter: number[];
  readonly options: Conv2dOptions;
  readonly op: string;
}

const cases: Record<string, Case> = {
  '1x1': { x: [2, 5, 4, 128], filter: [1, 1, 128, 130], options: {}, op: 'MatMul' },
  '1x1 of few channels': { x: [2, 5, 4, 6], filter: [1, 1, 6, 200], options: {}, op: 'Conv2DBackpropFilter' },
  '3x3 of many channels': {
    x: [2, 5, 4, 256],
    filter: [3, 3, 256, 260],
    options: { padding: 1 },
    op: 'Conv2DBackpropFilter',
  },
  '3x3 with stride 2, even size': {
    x: [2, 6, 4, 512],
    filter: [3, 3, 512, 516],
    options: { stride: 2, padding: 1 },
    op: 'ExtractImagePatches',
  },
  '3x3 with stride 2, odd size': {
    x: [1, 5, 7, 512],
    filter: [3, 3, 512, 512],
    options: { stride: 2, padding: 1 },
    op: 'ExtractImagePatches',
  },
  '1x1 with stride 2': {
    x: [1, 4, 4, 512],
    filter: [1, 1, 512, 512],
    options: { stride: 2 },
    op: 'Conv2DBackpropFilter',
  },
  '3x3 of few channels': {
    x: [1, 4, 4, 8],
    filter: [3, 3, 8, 256],
    options: { padding: 1 },
    op: 'Conv2DBackpropFilter',
  },
};

// The gradient by TensorFlow's own op, of the input with its padding.
function byOwnOp(x: Tensor, filterShape: number[], dy: Tensor, { stride = 1, padding = 0 }: Conv2dOptions): Tensor {
  const padded = tf.pad(x, [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ]);
  return rawOp('Conv2DBackpropFilter', [padded, tf.tensor1d(filterShape, 'int32'), dy], {
    T: type('float32'),
    strides: int([1, stride, stride, 1]),
    padding: string('VALID'),
    data_format: string('NHWC'),
    dilations: int([1, 1, 1, 1]),
  });
}

/** The names of the ops that run in `fn`. */
function opsOf(fn: () => void): string[] {
  const backend = tf.backend() as unknown as { binding: Record<string, (...values: unknown[]) => unknown> };
  const { binding } = backend;
  const names: string[] = [];
  backend.binding = Object.create(binding, {
    executeOp: {
      value: (name: string, ...rest: unknown[]) => {
        names.push(name);
        return binding['executeOp'](name, ...rest);
      },
    },
  }) as typeof binding;
  try {
    fn();
    return names;
  } finally {
    backend.binding = binding;
  }
}

describe('conv2dFilterGradient', () => {
  it.each(Object.entries(cases))(
    "equals TensorFlow's own op, by the way that is fast: %s",
    (_name, { x, filter, options, op }) => {
      const inputs = [toTensor(randomValues(x, 'x')), toTensor(randomValues(filter, 'filter'))];
      const y = tf.tidy(() => conv2d(inputs[0], inputs[1], options));
      const dy = toTensor(randomValues(y.shape, 'dy'));
      const expected = tf.tidy(() => byOwnOp(inputs[0], filter, dy, options).dataSync());
      let found: Float32Array = new Float32Array();
      const names = opsOf(() => {
        found = tf.tidy(() =>
          recordFor({ precision: 'float32', isOnGpu: false }, () =>
            tf.grad((f: Tensor) => tf.sum(tf.mul(conv2d(inputs[0], f, options), dy)))(inputs[1]),
          ).dataSync<'float32'>(),
        );
      });
      expect(deviation(found, { data: Array.from(expected) })).toBeLessThan(1e-5);
      expect(names).toContain(op);
      expect(names.includes('Conv2DBackpropFilter')).toBe(op === 'Conv2DBackpropFilter');
      tf.dispose([...inputs, y, dy]);
    },
  );

  it.each([
    ['on a GPU', { precision: 'float32', isOnGpu: true }],
    ['in bfloat16', { precision: 'bfloat16', isOnGpu: false }],
  ] as const)("takes TensorFlow's op %s", (_name, model) => {
    const inputs = [tf.ones([1, 4, 4, 256]), tf.ones([1, 1, 256, 256])];
    const gradient = (): tf.Tensor => tf.grad((f: Tensor) => tf.sum(conv2d(inputs[0], f)))(inputs[1]);
    const names = opsOf(() => tf.tidy(() => recordFor(model, gradient)));
    expect(names).toContain('Conv2DBackpropFilter');
    tf.dispose(inputs);
  });
});
