import {
  CompiledModel,
  conv2d,
  elementCount,
  relu,
  tf,
  type HostTensor,
  type Precision,
  type StepFunction,
  type VariableSpec,
} from '../../src';
import { withStockKernels } from '../../../../test/support/stock-kernels';
import { KERNELS_VARIABLE, kernelsFault, useOwnKernels } from '../../src/own-kernels';
import { errorOf, exactConvolution, outputShape, values, type ConvolutionForm } from './exact-convolution';

const fault = kernelsFault() ?? (useOwnKernels(2)!.hasWinograd ? undefined : 'they are not for this processor');
if (fault !== undefined) console.warn(`the tests of the kernels for 3x3 filters are left out: ${fault}`);

const cases: Record<string, ConvolutionForm> = {
  'sizes in tiles': { x: [3, 8, 12, 32], filter: [3, 3, 32, 64], padding: 1 },
  'odd sizes': { x: [8, 7, 5, 16], filter: [3, 3, 16, 32], padding: 1 },
  'without padding': { x: [8, 11, 6, 16], filter: [3, 3, 16, 32] },
  'more padding than windows lack': { x: [10, 5, 4, 16], filter: [3, 3, 16, 32], padding: 2 },
  'channels that fill no vector': { x: [7, 6, 7, 21], filter: [3, 3, 21, 36], padding: 1 },
  'one place an image': { x: [300, 1, 1, 16], filter: [3, 3, 16, 16], padding: 1 },
  'parts of the channels': { x: [1, 16, 16, 164], filter: [3, 3, 164, 16], padding: 1 },
  'parts of the outputs': { x: [1, 16, 16, 16], filter: [3, 3, 16, 170], padding: 1 },
  'many tiles': { x: [40, 7, 9, 16], filter: [3, 3, 16, 32], padding: 1 },
};

const OWN = ['FeaturemineWinograd', 'FeaturemineWinogradInputGradient', 'FeaturemineWinogradFilterGradient'];
const TENSORFLOWS = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];

/** y = conv2d(x, filter), the gradients of sum(y · dy), and the ops of a step. */
async function convolved(
  form: ConvolutionForm,
  { precision = 'float32', threads = 2 }: { readonly precision?: Precision; readonly threads?: number } = {},
): Promise<{ y: Float32Array; dx: Float32Array; dw: Float32Array; ops: string[] }> {
  const variable = (name: string, shape: readonly number[], seed: number): VariableSpec => ({
    name,
    shape: [...shape],
    initial: () => values(elementCount(shape), seed),
    role: 'parameter',
    isTrainable: true,
    hasDecay: true,
  });
  const variables = [variable('x', form.x, 1), variable('filter', form.filter, 2)];
  const model = new CompiledModel({ variables, seed: 1, precision, threads });
  const step: StepFunction = (context, inputs) => {
    const y = conv2d(context.variable('x'), context.variable('filter'), form);
    return { loss: tf.sum(tf.mul(y, inputs['dy'])), y: y.clone() };
  };
  const train = model.trainStep('train', step, { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } });
  const before = await model.readVariables(['x', 'filter']);
  const stop = model.startProfile();
  const shape = outputShape(form);
  const dy: HostTensor = { dtype: 'float32', shape: [...shape], data: values(elementCount(shape), 3) };
  const { y } = await train({ dy, learningRate: 1 });
  const ops = stop().byKind.map(({ name }) => name);
  const after = await model.readVariables(['x', 'filter']);
  await model.dispose();
  const gradient = (name: string): Float32Array => {
    const [first, last] = [before.get(name) as Float32Array, after.get(name) as Float32Array];
    return first.map((value, i) => value - last[i]);
  };
  return { y: y.data as Float32Array, dx: gradient('x'), dw: gradient('filter'), ops };
}

/** relu(conv2d(x, filter) + bias), the same without the ReLU (from a second convolution, or the shared one), and the ops. */
async function ended(
  form: ConvolutionForm,
  { precision = 'float32', isShared = false, firstBias = 0.5 }: EndedOptions = {},
): Promise<{ y: Float32Array; biased: Float32Array; ops: string[] }> {
  const model = new CompiledModel({ variables: [], seed: 1, precision, threads: 2 });
  const evaluate = model.evaluation('evaluate', (_context, { x, filter, bias }) => {
    const convolve = (): tf.Tensor4D => conv2d(x, filter, { ...form, bias }) as tf.Tensor4D;
    const biased = convolve();
    return { y: relu(isShared ? biased : convolve()), biased: biased.clone() };
  });
  const array = (shape: readonly number[], data: Float32Array): HostTensor => ({
    dtype: 'float32',
    shape: [...shape],
    data,
  });
  const inputs = {
    x: array(form.x, values(elementCount(form.x), 1)),
    filter: array(form.filter, values(elementCount(form.filter), 2)),
    bias: array([form.filter[3]], biasOf(form, firstBias)),
  };
  const stop = model.startProfile();
  const { y, biased } = await evaluate(inputs);
  const ops = stop().byKind.map(({ name }) => name);
  await model.dispose();
  return { y: y.data as Float32Array, biased: biased.data as Float32Array, ops };
}

interface EndedOptions {
  readonly precision?: Precision;
  /** Whether one convolution has both readers. */
  readonly isShared?: boolean;
  readonly firstBias?: number;
}

function biasOf({ filter }: ConvolutionForm, first = 0.5): Float32Array {
  return Float32Array.from({ length: filter[3] }, (_, i) => (i === 0 ? first : (i % 5) / 4 - 0.5));
}

function endedExactly(form: ConvolutionForm): { y: Float64Array; scale: number } {
  const { sums, scale } = exactConvolution(form, [1, 2, 3]).y;
  const bias = biasOf(form);
  return { y: sums.map((sum, i) => sum + bias[i % bias.length]), scale };
}

/** The root of the sum of squared errors, as a part of that of the sums. */
function relativeError(found: Float32Array, { sums }: { readonly sums: Float64Array }): number {
  const square = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(sums.map((sum, i) => sum - found[i])) / square(sums));
}

(fault === undefined ? describe : describe.skip)('winogradRewrite', () => {
  it.each(Object.entries(cases))('gives the convolution and its gradients: %s', async (_name, form) => {
    const exact = exactConvolution(form, [1, 2, 3]);
    const { ops, ...found } = await convolved(form);
    expect(errorOf(found.y, exact.y)).toBeLessThan(1e-6);
    // Updated variables round them once more.
    expect(errorOf(found.dx, exact.dx)).toBeLessThan(2e-6);
    expect(errorOf(found.dw, exact.dw)).toBeLessThan(2e-6);
    expect(ops).toEqual(expect.arrayContaining(OWN));
    for (const op of TENSORFLOWS) expect(ops).not.toContain(op);
  });

  it('reads and writes bfloat16, and computes in float32', async () => {
    const form = cases['odd sizes'];
    const exact = exactConvolution(form, [1, 2, 3]);
    const { ops, ...found } = await convolved(form, { precision: 'bfloat16' });
    // The result has eight bits; the gradient of the filter is float32.
    expect(relativeError(found.y, exact.y)).toBeLessThan(2 ** -8);
    expect(relativeError(found.dx, exact.dx)).toBeLessThan(2 ** -8);
    expect(errorOf(found.dw, exact.dw)).toBeLessThan(2e-6);
    expect(ops).toEqual(expect.arrayContaining(OWN));
  });

  it.each<Precision>(['float32', 'bfloat16'])('adds a bias and applies a ReLU on the way, in %s', async (precision) => {
    const form = cases['channels that fill no vector'];
    const found = await ended(form, { precision });
    const { y, scale } = endedExactly(form);
    const allowed = precision === 'float32' ? 1e-6 : 2 ** -8;
    expect(errorOf(found.biased, { sums: y, scale })).toBeLessThan(allowed);
    expect(errorOf(found.y, { sums: y.map((sum) => Math.max(0, sum)), scale })).toBeLessThan(allowed);
    expect(found.ops).toEqual(expect.arrayContaining([`${OWN[0]}Bias`, `${OWN[0]}BiasRelu`]));
    for (const op of ['BiasAdd', 'Relu', OWN[0]]) expect(found.ops).not.toContain(op);
  });

  it('keeps the ReLU apart where something else reads its input', async () => {
    const { y, biased, ops } = await ended(cases['odd sizes'], { isShared: true });
    expect(ops).toEqual(expect.arrayContaining([`${OWN[0]}Bias`, 'Relu']));
    expect(ops).not.toContain(`${OWN[0]}BiasRelu`);
    expect(y).toEqual(biased.map((value) => Math.max(0, value)));
  });

  it('hands on what is not a number through the ReLU', async () => {
    const { y } = await ended(cases['odd sizes'], { firstBias: NaN });
    y.forEach((value, i) => expect(Number.isNaN(value)).toBe(i % 32 === 0));
  });

  it('gives the same bits with one thread and with three', async () => {
    const form = cases['many tiles'];
    const [one, three] = [await convolved(form, { threads: 1 }), await convolved(form, { threads: 3 })];
    for (const name of ['y', 'dx', 'dw'] as const) expect(one[name]).toEqual(three[name]);
  });

  it("leaves the gradient by the filter to TensorFlow's op for few places", async () => {
    const form: ConvolutionForm = { x: [2, 6, 8, 32], filter: [3, 3, 32, 32], padding: 1 };
    const { ops, dw } = await convolved(form);
    expect(ops).toEqual(expect.arrayContaining([OWN[0], OWN[1], TENSORFLOWS[2]]));
    expect(ops).not.toContain(OWN[2]);
    expect(errorOf(dw, exactConvolution(form, [1, 2, 3]).dw)).toBeLessThan(2e-6);
  });

  it.each<[string, ConvolutionForm]>([
    ['few channels', { x: [2, 6, 6, 3], filter: [3, 3, 3, 32], padding: 1 }],
    ['a stride', { x: [2, 6, 6, 16], filter: [3, 3, 16, 32], padding: 1, stride: 2 }],
    ['other filters', { x: [2, 6, 6, 16], filter: [1, 3, 16, 32] }],
  ])("leaves TensorFlow's ops for %s", async (_name, form) => {
    const { ops } = await convolved(form);
    expect(ops).toEqual(expect.arrayContaining(TENSORFLOWS));
    for (const op of OWN) expect(ops).not.toContain(op);
  });

  it(`leaves TensorFlow's ops with ${KERNELS_VARIABLE}=stock, which give the same`, async () => {
    const form = cases['channels that fill no vector'];
    const own = await convolved(form);
    const stock = await withStockKernels(() => convolved(form));
    expect(stock.ops).toEqual(expect.arrayContaining(TENSORFLOWS));
    for (const name of ['y', 'dx', 'dw'] as const) {
      own[name].forEach((value, i) => expect(value).toBeCloseTo(stock[name][i], 3));
    }
  });
});
