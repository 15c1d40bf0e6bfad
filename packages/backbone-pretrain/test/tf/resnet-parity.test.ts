import { join } from 'node:path';
import {
  CompiledModel,
  globalAveragePool,
  normalizeImages,
  type HostTensor,
  type VariableSpec,
} from '@featuremine/tensor-graph';
import { asFloat32, readSafetensors, type StateDict } from '@featuremine/weights';
import { relativeMaximum } from '../../../../test/support/distance';
import { trainingStep } from '../../src/classification-steps';
import { createNetwork } from '../../src/create-network';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { applyLinear } from '../../src/layers';
import { stageMaps, type Network } from '../../src/network';
import { IMAGENET_PIXELS } from '../../src/pixel-statistics';
import {
  formulaImage,
  formulaWeights,
  projectedDistance,
  projections,
  samples,
  toChannelsFirst,
} from '../formula-weights';

// Made by scripts/fixtures/resnet-parity.py from torchvision's resnet50; the peer's versions are in its metadata.
const [HEIGHT, WIDTH, FIRST_IMAGE] = [45, 61, 5];
const fixture: StateDict = readSafetensors(join(__dirname, '..', 'fixtures', 'resnet50-parity.safetensors')).tensors;

function expected(name: string): Float32Array {
  return asFloat32(fixture.get(name)!);
}

function fixtureInputs(): { images: HostTensor; labels: HostTensor } {
  const labels = Int32Array.from(expected('labels'));
  const images = new Uint8Array(labels.length * HEIGHT * WIDTH * 3);
  labels.forEach((_, i) => images.set(formulaImage(FIRST_IMAGE + i, HEIGHT, WIDTH), i * HEIGHT * WIDTH * 3));
  return {
    images: { dtype: 'uint8', shape: [labels.length, HEIGHT, WIDTH, 3], data: images },
    labels: { dtype: 'int32', shape: [labels.length], data: labels },
  };
}

/** A model of the network that starts with the formula's values. */
function formulaModel({ variables }: Network): CompiledModel {
  const initial = (variable: VariableSpec) => (): Float32Array => formulaWeights([variable]).get(variable.name)!;
  return new CompiledModel({ variables: variables.map((spec) => ({ ...spec, initial: initial(spec) })), seed: 0 });
}

jest.setTimeout(120_000);

describe('resnet50', () => {
  const network = createNetwork('resnet50', { numClasses: 1000 });

  it('gives the maps and logits of torchvision’s in evaluation', async () => {
    const model = formulaModel(network);
    const run = model.evaluation('maps', (step, { images }) => {
      const maps = stageMaps(network, step, normalizeImages(images, IMAGENET_PIXELS.mean, IMAGENET_PIXELS.std));
      const logits = applyLinear(step, network.classifier, globalAveragePool(maps[3]));
      return { c2: maps[0], c3: maps[1], c4: maps[2], c5: maps[3], logits };
    });
    const outputs = await run({ images: fixtureInputs().images });
    for (const name of ['c2', 'c3', 'c4', 'c5']) {
      const { shape, data } = outputs[name];
      const values = samples(toChannelsFirst(shape, data as Float32Array), 1024);
      expect([name, relativeMaximum(values, expected(`eval/${name}/samples`)) < 1e-4]).toEqual([name, true]);
    }
    expect(relativeMaximum(outputs['logits'].data, expected('eval/logits'))).toBeLessThan(1e-4);
    await model.dispose();
  });

  it('gives the loss, gradients and running statistics of torchvision’s in training', async () => {
    const model = formulaModel(network);
    const mining = featureMining(network, { stages: 0, imageSize: WIDTH });
    const train = model.trainStep(
      'train',
      trainingStep({ network, mining, pixels: IMAGENET_PIXELS, labelSmoothing: 0 }),
      {
        optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
      },
    );
    const outputs = await train({ ...fixtureInputs(), learningRate: 0 });
    expect(relativeMaximum(outputs['logits'].data, expected('train/logits'))).toBeLessThan(1e-4);
    expect(relativeMaximum(outputs['loss'].data, expected('train/loss'))).toBeLessThan(1e-5);

    // Momentum starts at zero, so after one step it is the gradient.
    const state = await model.readVariables();
    const distances = network.variables.map(({ name, shape, role }) => {
      const values = state.get(role === 'parameter' ? `momentum/${name}` : name)!;
      const fixtureName = role === 'parameter' ? `gradient/${name}` : `state/${name}`;
      return { name, distance: projectedDistance(projections(name, shape, values), expected(fixtureName)) };
    });
    expect(distances).toHaveLength(267);
    expect(distances.filter(({ distance }) => !(distance < 1e-3))).toEqual([]);
    await model.dispose();
  });
});
