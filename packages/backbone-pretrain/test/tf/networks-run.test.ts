import { Random } from '@featuremine/random';
import { CompiledModel, type HostTensor } from '@featuremine/tensor-graph';
import { trainingStep } from '../../src/classification-steps';
import { createNetwork } from '../../src/create-network';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { pixelStatistics } from '../../src/pixel-statistics';
import type { StemSize } from '../../src/stem';

jest.setTimeout(120_000);

function randomImages(count: number, side: number): HostTensor {
  const random = Random.of('images', side);
  const data = Uint8Array.from({ length: count * side * side * 3 }, () => random.integer(256));
  return { dtype: 'uint8', shape: [count, side, side, 3], data };
}

async function firstStep(name: string, options: { stem?: StemSize; side: number; precision: 'float32' | 'bfloat16' }) {
  const network = createNetwork(name, { numClasses: 10, stem: options.stem });
  const mining = featureMining(network, { stages: 3, imageSize: options.side });
  // Cheap first values: what is tested is the graph.
  const initial = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01);
  const variables = [...network.variables, ...mining.variables];
  const model = new CompiledModel({
    variables: network.name === 'resnet20' ? variables : variables.map((spec) => ({ ...spec, initial })),
    seed: 0,
    precision: options.precision,
  });
  const parts = { network, mining, pixels: pixelStatistics(network), labelSmoothing: 0.1 };
  const step = model.trainStep('train', trainingStep(parts), {
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
  });
  const labels = { dtype: 'int32', shape: [2], data: Int32Array.of(3, 4) } as const;
  const images = randomImages(2, options.side);
  const outputs = await step({ images, labels, ...mining.draw(0, 0), learningRate: 0.1 });
  await model.dispose();
  return { outputs, heads: 1 + mining.variables.length / 2 };
}

describe('trainingStep', () => {
  it.each([
    ['resnet20', undefined, 32, 'float32'],
    ['resnet20', 64, 64, 'bfloat16'],
    ['resnet20', 224, 128, 'float32'],
    ['resnet18', 32, 32, 'bfloat16'],
    ['resnet18', 64, 65, 'float32'],
    ['resnet164', undefined, 32, 'float32'],
    ['densenet-bc-100-12', undefined, 32, 'float32'],
    ['wrn-28-10', undefined, 32, 'bfloat16'],
    // Slow to compile: a step of it is run by npm run test:long.
    ...(process.env['FEATUREMINE_LONG'] === '1' ? [['pyramidnet-110-270', undefined, 32, 'float32'] as const] : []),
  ] as const)('runs %s with the stem for %s at %i pixels in %s', async (name, stem, side, precision) => {
    const { outputs, heads } = await firstStep(name, { ...(stem === undefined ? {} : { stem }), side, precision });
    expect(outputs['isFinite'].data[0]).toBe(1);
    expect(outputs['gradientNorm'].data[0]).toBeGreaterThan(0);
    // Each head begins near the loss of a guess, ln 10.
    expect(heads).toBe(7);
    expect(outputs['loss'].data[0]).toBeGreaterThan(heads * Math.log(10) * 0.8);
  });
});
