import {
  CompiledModel,
  conv2d,
  elementCount,
  tf,
  zerosInit,
  type HostTensor,
  type Precision,
  type StepFunction,
  type VariableSpec,
} from '../../src';
import { withStockKernels } from '../../../../test/support/stock-kernels';
import { KERNELS_VARIABLE, kernelsFault, useOwnKernels } from '../../src/own-kernels';
import { errorOf, exactConvolution, outputShape, values, type ConvolutionForm } from './exact-convolution';

const fault = kernelsFault() ?? (useOwnKernels(2)!.hasFilterGradient ? undefined : 'it is not for this processor');
if (fault !== undefined) console.warn(`the tests of the kernel for filters' gradients are left out: ${fault}`);

const cases: Record<string, ConvolutionForm> = {
  '3x3': { x: [2, 6, 8, 32], filter: [3, 3, 32, 64], padding: 1 },
  '3x3, odd sizes': { x: [3, 7, 5, 24], filter: [3, 3, 24, 32], padding: 1 },
  '3x3 without padding': { x: [2, 7, 6, 16], filter: [3, 3, 16, 32] },
  '3x3 with more padding than windows lack': { x: [2, 5, 4, 16], filter: [3, 3, 16, 32], padding: 2 },
  '5x5, many places': { x: [8, 6, 8, 32], filter: [5, 5, 32, 64], padding: 2 },
  '3x3 with stride 2, even size': { x: [2, 8, 6, 40], filter: [3, 3, 40, 32], stride: 2, padding: 1 },
  '3x3 with stride 2, odd size': { x: [2, 7, 9, 17], filter: [3, 3, 17, 31], stride: 2, padding: 1 },
  '1x1': { x: [2, 5, 4, 64], filter: [1, 1, 64, 96] },
  '1x1 with stride 2': { x: [2, 7, 8, 19], filter: [1, 1, 19, 61], stride: 2 },
  '5x3': { x: [1, 9, 7, 16], filter: [5, 3, 16, 30], padding: 0 },
  '7x7 with stride 3': { x: [1, 20, 17, 16], filter: [7, 7, 16, 32], stride: 3, padding: 3 },
  'one place': { x: [1, 1, 1, 32], filter: [1, 1, 32, 32] },
  'parts of the channels, the last ones smaller': { x: [1, 3, 3, 200], filter: [3, 3, 200, 350], padding: 1 },
  'rows longer than a block of places': { x: [1, 3, 300, 16], filter: [3, 5, 16, 32] },
  'many images': { x: [40, 3, 3, 48], filter: [2, 2, 48, 64] },
};

/** The gradient of sum(conv2d(x, filter) · dy), and the ops of a step. */
async function gradient(
  form: ConvolutionForm,
  x: HostTensor,
  dy: HostTensor,
  { precision = 'bfloat16', threads = 2 }: { readonly precision?: Precision; readonly threads?: number } = {},
): Promise<{ gradient: Float32Array; ops: string[] }> {
  const filter: VariableSpec = {
    ...{ name: 'filter', shape: form.filter, initial: zerosInit },
    ...{ role: 'parameter', isTrainable: true, hasDecay: true },
  };
  const model = new CompiledModel({ variables: [filter], seed: 1, precision, threads });
  const step: StepFunction = (context, inputs) => ({
    loss: tf.sum(tf.mul(conv2d(inputs['x'], context.variable('filter'), form), inputs['dy'])),
  });
  const train = model.trainStep('train', step, { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } });
  const stop = model.startProfile();
  await train({ x, dy, learningRate: 1 });
  const ops = stop().byKind.map(({ name }) => name);
  const updated = (await model.readVariables(['filter'])).get('filter') as Float32Array;
  await model.dispose();
  return { gradient: updated.map((value) => -value), ops };
}

function dataOf(form: ConvolutionForm): { x: HostTensor; dy: HostTensor } {
  const [x, dy] = [form.x, outputShape(form)].map((shape, i): HostTensor => ({
    dtype: 'float32',
    shape: [...shape],
    data: values(elementCount(shape), i + 1),
  }));
  return { x, dy };
}

const OWN = 'FeaturemineConv2DFilterGradient';

(fault === undefined ? describe : describe.skip)('filterGradientRewrite', () => {
  it.each(Object.entries(cases))('gives the exact gradient: %s', async (_name, form) => {
    const { x, dy } = dataOf(form);
    const { gradient: found, ops } = await gradient(form, x, dy);
    // Products of bfloat16 are summed, and given, in float32.
    expect(errorOf(found, exactConvolution(form, [1, 0, 2]).dw)).toBeLessThan(1e-6);
    expect(ops).toContain(OWN);
    expect(ops).not.toContain('Conv2DBackpropFilter');
  });

  it('gives the same bits with one thread and with three', async () => {
    const form = cases['many images'];
    const { x, dy } = dataOf(form);
    const [one, three] = [await gradient(form, x, dy, { threads: 1 }), await gradient(form, x, dy, { threads: 3 })];
    expect(one.gradient).toEqual(three.gradient);
  });

  it("leaves TensorFlow's op in float32, where that is as fast", async () => {
    const { x, dy } = dataOf(cases['3x3']);
    const { ops } = await gradient(cases['3x3'], x, dy, { precision: 'float32' });
    expect(ops).toContain('Conv2DBackpropFilter');
    expect(ops).not.toContain(OWN);
  });

  it.each<[string, ConvolutionForm]>([
    ['few input channels', { x: [2, 6, 6, 3], filter: [3, 3, 3, 64], padding: 1 }],
    ['a tile of outputs half empty', { x: [2, 6, 6, 32], filter: [3, 3, 32, 16], padding: 1 }],
  ])("leaves TensorFlow's op for %s", async (_name, form) => {
    const { x, dy } = dataOf(form);
    const { ops } = await gradient(form, x, dy);
    expect(ops).toContain('Conv2DBackpropFilter');
    expect(ops).not.toContain(OWN);
  });

  it(`leaves TensorFlow's op with ${KERNELS_VARIABLE}=stock, which gives the same gradient`, async () => {
    const form = cases['3x3, odd sizes'];
    const { x, dy } = dataOf(form);
    const own = await gradient(form, x, dy);
    const stock = await withStockKernels(() => gradient(form, x, dy));
    expect(stock.ops).toContain('Conv2DBackpropFilter');
    // Rounded to eight bits there.
    own.gradient.forEach((value, i) => {
      expect(Math.abs(value - stock.gradient[i])).toBeLessThan(1e-2 * Math.abs(value) + 1e-3);
    });
  });
});
