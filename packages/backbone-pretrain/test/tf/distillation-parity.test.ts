import { join } from 'node:path';
import { asFloat32, readSafetensors, toTorchLayout } from '@featuremine/weights';
import { evaluationStep, trainingStep } from '../../src/classification-steps';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { byot } from '../../src/methods/byot';
import { csKd, PARTNER_IMAGES } from '../../src/methods/cs-kd';
import { ownVariables, type TrainingMethod } from '../../src/methods/training-method';
import { CIFAR_PIXELS } from '../../src/pixel-statistics';
import { formulaImages, formulaModel } from '../formula-model';
import { relativeMaximum } from '../../../../test/support/distance';
import { smallNetwork } from '../small-network';

// Made by scripts/fixtures/methods-parity.py; PyTorch's version is in its metadata.
const fixture = readSafetensors(join(__dirname, '..', 'fixtures', 'methods.safetensors')).tensors;
const expected = (name: string): Float32Array => asFloat32(fixture.get(name)!);
const namesOf = (prefix: string): string[] =>
  [...fixture.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

const LABELS = { dtype: 'int32', shape: [3], data: Int32Array.of(0, 2, 1) } as const;
const IMAGES = formulaImages(0, 3, 16);
// Sums of float32 products in another order.
const NEAR = 1e-4;
// Divergences are small differences of two cross-entropies.
const NEAR_LOSS = 1e-3;

async function compareStep(method: 'byot' | 'csKd', methods: readonly TrainingMethod[]): Promise<void> {
  const network = smallNetwork();
  const mining = featureMining(network, { stages: 0, imageSize: 16 });
  const parts = { network, mining, pixels: CIFAR_PIXELS, labelSmoothing: 0, methods };
  const model = formulaModel([...network.variables, ...ownVariables(methods)]);
  const train = model.trainStep('train', trainingStep(parts), {
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
  });
  const partners = method === 'csKd' ? { [PARTNER_IMAGES]: formulaImages(10, 3, 16) } : {};
  const outputs = await train({ images: IMAGES, labels: LABELS, ...partners, learningRate: 0 });
  const losses = namesOf(`${method}/loss/`);
  for (const name of losses.filter((loss) => loss !== 'classifier')) {
    expect([name, relativeMaximum(outputs[name].data, expected(`${method}/loss/${name}`)) < NEAR_LOSS]).toEqual([
      name,
      true,
    ]);
  }
  const sum = losses.reduce((total, name) => total + expected(`${method}/loss/${name}`)[0], 0);
  expect(outputs['loss'].data[0]).toBeCloseTo(sum, 4);

  // Momentum starts at zero, so after one step it is the gradient.
  const state = await model.readVariables();
  const shapes = new Map(model.variableSpecs.map(({ name, shape }) => [name, shape]));
  const far = (prefix: string, stored: string): string[] =>
    namesOf(`${method}/${prefix}/`).filter((name) => {
      const { data } = toTorchLayout(shapes.get(name)!, state.get(`${stored}${name}`)!);
      return !(relativeMaximum(data, expected(`${method}/${prefix}/${name}`)) < NEAR);
    });
  expect(namesOf(`${method}/gradient/`)).toHaveLength(model.variableSpecs.filter((spec) => spec.isTrainable).length);
  expect(far('gradient', 'momentum/')).toEqual([]);
  expect(far('state', '')).toEqual([]);
  await model.dispose();
}

describe('byot', () => {
  const options = { imageSize: 16, alpha: 0.1, temperature: 3, featureWeight: 1e-3 };

  it('has the losses, gradients and running statistics of a PyTorch network with exits', async () => {
    await compareStep('byot', [byot(smallNetwork(), options)]);
  });

  it('counts the mean of all exits at test, and keeps the network’s own logits', async () => {
    const network = smallNetwork();
    const methods = [byot(network, options)];
    const model = formulaModel([...network.variables, ...ownVariables(methods)]);
    const run = model.evaluation('test', evaluationStep({ network, pixels: CIFAR_PIXELS, methods }));
    const outputs = await run({ images: IMAGES });
    expect(relativeMaximum(outputs['logits'].data, expected('byot/test/logits'))).toBeLessThan(NEAR);
    expect(relativeMaximum(outputs['networkLogits'].data, expected('byot/test/networkLogits'))).toBeLessThan(NEAR);
    await model.dispose();
  });

  it('refuses an image size at which maps are no multiples of the last one', () => {
    expect(() => byot(smallNetwork(), { ...options, imageSize: 18 })).toThrow(/multiple of 4/);
  });
});

describe('csKd', () => {
  it('has the losses, gradients and running statistics of a PyTorch network that sees both batches', async () => {
    await compareStep('csKd', [csKd({ weight: 1.5, temperature: 4 })]);
  });
});
