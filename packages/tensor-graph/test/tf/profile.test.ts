import {
  add,
  batchNormLayer,
  CompiledModel,
  conv2d,
  globalAveragePool,
  kaimingNormalFanOut,
  linear,
  normalInit,
  onesInit,
  profileTable,
  relu,
  softmaxCrossEntropy,
  zerosInit,
  type HostTensor,
  type Precision,
  type StepFunction,
  type VariableSpec,
} from '../../src';

const parameter = { role: 'parameter', isTrainable: true, hasDecay: true } as const;
const buffer = { role: 'buffer', isTrainable: false, hasDecay: false } as const;
const variables: VariableSpec[] = [
  { name: 'stem.conv.weight', shape: [3, 3, 3, 16], initial: kaimingNormalFanOut, ...parameter },
  { name: 'stem.bn.weight', shape: [16], initial: onesInit, ...parameter },
  { name: 'stem.bn.bias', shape: [16], initial: zerosInit, ...parameter },
  { name: 'stem.bn.running_mean', shape: [16], initial: zerosInit, ...buffer },
  { name: 'stem.bn.running_var', shape: [16], initial: onesInit, ...buffer },
  { name: 'block.conv.weight', shape: [3, 3, 16, 16], initial: kaimingNormalFanOut, ...parameter },
  { name: 'fc.weight', shape: [16, 5], initial: normalInit(0.1), ...parameter },
  { name: 'fc.bias', shape: [5], initial: zerosInit, ...parameter },
];

const network: StepFunction = (step, { images, labels }) => {
  const stem = conv2d(images, step.variable('stem.conv.weight'), { padding: 1 });
  const x = relu(batchNormLayer(step, stem, 'stem.bn', { isFrozen: false, momentum: 0.1, epsilon: 1e-5 }));
  const y = relu(add(conv2d(x, step.variable('block.conv.weight'), { padding: 1 }), x));
  const logits = linear(globalAveragePool(y), step.variable('fc.weight'), step.variable('fc.bias'));
  return { loss: softmaxCrossEntropy(logits, labels) };
};

const images: HostTensor = { dtype: 'float32', shape: [4, 32, 32, 3], data: new Float32Array(4 * 32 * 32 * 3).fill(1) };
const labels: HostTensor = { dtype: 'int32', shape: [4], data: Int32Array.of(0, 1, 2, 3) };

describe('startProfile', () => {
  it.each(['float32', 'bfloat16'] as const)(
    'tells the time of kinds of ops and of layers (%s)',
    async (precision: Precision) => {
      const model = new CompiledModel({ variables, seed: 0, precision });
      const optimizer = { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 } as const;
      const train = model.trainStep('train', network, { optimizer });
      const inputs = { images, labels, learningRate: 0.01 };
      try {
        await train(inputs);
        const stop = model.startProfile();
        await train(inputs);
        await train(inputs);
        const profile = stop();
        await train(inputs);

        expect([profile.runs, profile.opsMs > 0, profile.runMs > 0]).toEqual([2, true, true]);
        for (const shares of [profile.byKind, profile.byLayer]) {
          expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
          expect(shares.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(profile.opsMs, 6);
          expect([...shares].sort((a, b) => b.ms - a.ms)).toEqual(shares);
        }
        const kinds = new Map(profile.byKind.map(({ name, count }) => [name, count]));
        // Each convolution has a gradient of its filter; the images need none. Own kernels take some, where there are such.
        const count = (...names: string[]): number => names.reduce((sum, name) => sum + (kinds.get(name) ?? 0), 0);
        expect(count('Conv2DBackpropFilter', 'FeaturemineWinogradFilterGradient')).toBe(2);
        expect(count('Conv2DBackpropInput', 'FeaturemineWinogradInputGradient')).toBe(1);
        expect(kinds.get('ResourceApplyMomentum')).toBe(6);
        const layers = profile.byLayer.map(({ name }) => name);
        expect(layers).toEqual(expect.arrayContaining(['stem.conv', 'stem.bn', 'block.conv', 'fc']));
        expect(profileTable(profile)).toMatch(
          /^2 traced runs of .* ms each[^]*op kind +ms +% +ops\n[^]*layer +ms +% +ops\n/,
        );
      } finally {
        await model.dispose();
      }
    },
  );
});
