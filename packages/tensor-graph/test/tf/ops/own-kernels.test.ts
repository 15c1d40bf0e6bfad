import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { kernelsFault, useOwnKernels } from '../../../src/own-kernels';
import { float, rawOps, type } from '../../../src/raw-op';
import { tf } from '../../../src/tensorflow';
import { randomValues, toTensor, type Values } from './finite-differences';

const fault = kernelsFault();
if (fault !== undefined) console.warn(`the tests of own kernels are left out: ${fault}`);
else useOwnKernels(3);

const EPSILON = 1e-5;
const ENDINGS = ['', 'Relu', 'AddRelu'] as const;
type Ending = (typeof ENDINGS)[number];

interface Inputs {
  readonly x: Values;
  readonly side: Values;
  readonly scale: Values;
  readonly offset: Values;
  readonly dy: Values;
}

function inputsOf(rows: number, channels: number): Inputs {
  return {
    x: randomValues([rows, channels], 'x', -3, 5),
    side: randomValues([rows, channels], 'side'),
    scale: randomValues([channels], 'scale', -1, 1.5),
    offset: randomValues([channels], 'offset'),
    dy: randomValues([rows, channels], 'dy'),
  };
}

/** The formula in float64, value by value. */
function reference(ending: Ending, { x, side, scale, offset, dy }: Inputs): Record<string, number[]> {
  const [rows, channels] = x.shape as [number, number];
  const size = rows * channels;
  const result = {
    ...{ y: new Array<number>(size), dx: new Array<number>(size), dside: new Array<number>(size) },
    ...{ mean: new Array<number>(channels), variance: new Array<number>(channels) },
    ...{
      inverse: new Array<number>(channels),
      dscale: new Array<number>(channels),
      doffset: new Array<number>(channels),
    },
  };
  for (let c = 0; c < channels; c++) {
    const column = Array.from({ length: rows }, (_, row) => row * channels + c);
    const sum = (of: (i: number) => number): number => column.reduce((total, i) => total + of(i), 0);
    const mean = sum((i) => x.data[i]) / rows;
    const variance = sum((i) => (x.data[i] - mean) ** 2) / rows;
    const inverse = 1 / Math.sqrt(variance + EPSILON);
    const normal = (i: number): number => (x.data[i] - mean) * inverse;
    const before = (i: number): number =>
      normal(i) * scale.data[c] + offset.data[c] + (ending === 'AddRelu' ? side.data[i] : 0);
    const isOpen = (i: number): boolean => ending === '' || before(i) > 0;
    const gradient = (i: number): number => (isOpen(i) ? dy.data[i] : 0);
    const [doffset, dscale] = [sum(gradient), sum((i) => gradient(i) * normal(i))];
    for (const i of column) {
      result.y[i] = isOpen(i) ? before(i) : 0;
      result.dside[i] = gradient(i);
      result.dx[i] = scale.data[c] * inverse * (gradient(i) - doffset / rows - (normal(i) * dscale) / rows);
    }
    result.mean[c] = mean;
    result.variance[c] = (variance * rows) / Math.max(1, rows - 1);
    Object.assign(result.inverse, { [c]: inverse });
    [result.dscale[c], result.doffset[c]] = [dscale, doffset];
  }
  return result;
}

/** The same by the kernels. */
function byKernels(ending: Ending, inputs: Inputs): Record<string, Float32Array> {
  return tf.tidy(() => {
    const [x, side, scale, offset, dy] = (['x', 'side', 'scale', 'offset', 'dy'] as const).map((key) =>
      toTensor(inputs[key]),
    );
    const op = `FeaturemineBatchNorm${ending}`;
    const T = type('float32');
    const [y, mean, variance, inverse] = rawOps(
      op,
      [x, scale, offset, ...(ending === 'AddRelu' ? [side] : [])],
      { T, epsilon: float(EPSILON) },
      4,
    );
    const kept: Record<Ending, Tensor[]> = { '': [], Relu: [offset], AddRelu: [y] };
    const [dx, dscale, doffset, dside] = rawOps(
      `${op}Grad`,
      [dy, x, scale, mean, inverse, ...kept[ending]],
      { T },
      ending === 'AddRelu' ? 4 : 3,
    );
    const results = { y, mean, variance, inverse, dx, dscale, doffset, ...(dside && { dside }) };
    return Object.fromEntries(Object.entries(results).map(([key, tensor]) => [key, tensor.dataSync<'float32'>()]));
  });
}

function worst(found: Float32Array, expected: readonly number[]): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0) / largest;
}

(fault === undefined ? describe : describe.skip)('own kernels of batch normalisation', () => {
  // Rows that fold and rows that do not, channels that fill sixteen lanes and that leave some over, several chunks.
  const shapes = [[1, 1], [7, 3], [64, 16], [35, 17], [129, 100], [777, 512], [16384, 24]] as const; // prettier-ignore
  it.each(ENDINGS.flatMap((ending) => shapes.map(([rows, channels]) => [ending || 'alone', rows, channels] as const)))(
    'equal the formula in float64: %s, [%i, %i]',
    (name, rows, channels) => {
      const ending = name === 'alone' ? '' : name;
      const inputs = inputsOf(rows, channels);
      const expected = reference(ending, inputs);
      const found = byKernels(ending, inputs);
      expect(Object.keys(found).length).toBe(ending === 'AddRelu' ? 8 : 7);
      // One row: its gradient is zero, what is left of it is rounding.
      const keys = Object.keys(found).filter((key) => rows > 1 || !['dx', 'dscale'].includes(key));
      for (const key of keys) expect([key, worst(found[key], expected[key]) < 1e-5]).toEqual([key, true]);
    },
  );

  it('keep digits where the mean is far from zero', () => {
    const inputs = inputsOf(5000, 16);
    inputs.x.data.forEach((value, i) => (inputs.x.data[i] = value + 1000));
    const expected = reference('', inputs);
    const found = byKernels('', inputs);
    expect(worst(found['variance'], expected['variance'])).toBeLessThan(1e-5);
    expect(worst(found['y'], expected['y'])).toBeLessThan(1e-4);
  });

  it('give the same bits at every call', () => {
    const inputs = inputsOf(16384, 64);
    const first = byKernels('AddRelu', inputs);
    for (let i = 0; i < 5; i++) {
      for (const [key, values] of Object.entries(byKernels('AddRelu', inputs))) {
        expect([key, Buffer.compare(Buffer.from(values.buffer), Buffer.from(first[key].buffer))]).toEqual([key, 0]);
      }
    }
  });

  it.each([NaN, Infinity])('let %s through to every output of its channel, and to no other', (value) => {
    const inputs = inputsOf(200, 20);
    inputs.x.data[20 * 50 + 3] = value;
    const found = byKernels('Relu', inputs);
    for (const key of ['y', 'dscale']) {
      expect([key, found[key].some((each, i) => i % 20 === 3 && Number.isNaN(each))]).toEqual([key, true]);
      expect([key, found[key].every((each, i) => i % 20 === 3 || Number.isFinite(each))]).toEqual([key, true]);
    }
  });
});
