import { join } from 'node:path';
import { asFloat32, readSafetensors } from '@featuremine/weights';
import { relativeMaximum } from '../../../../test/support/distance';
import { evaluationStep, trainingStep } from '../../src/classification-steps';
import { createNetwork } from '../../src/create-network';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { CIFAR_PIXELS } from '../../src/pixel-statistics';
import { formulaImages, formulaModel } from '../formula-model';
import { projectedDistance, projections } from '../formula-weights';

// Made by scripts/fixtures/cifar-networks-parity.py from the same networks in PyTorch.
const fixture = readSafetensors(join(__dirname, '..', 'fixtures', 'cifar-networks.safetensors')).tensors;
const expected = (name: string): Float32Array => asFloat32(fixture.get(name)!);
const images = formulaImages(0, 4, 32);
const labels = { dtype: 'int32', shape: [4], data: Int32Array.of(3, 7, 1, 4) } as const;

// The deep and the large ones take a minute.
const names = ['resnet20', 'densenet-bc-100-12'];
const largeNames = ['resnet56', 'resnet164', 'wrn-28-10', 'pyramidnet-110-270'];
const isLong = process.env['FEATUREMINE_LONG'] === '1';

jest.setTimeout(120_000);

describe('createNetwork', () => {
  it.each(isLong ? [...names, ...largeNames] : names)(
    'gives outputs, loss and gradients of PyTorch’s %s',
    async (name) => {
      const network = createNetwork(name, { numClasses: 10 });
      const parts = {
        network,
        mining: featureMining(network, { stages: 0, imageSize: 32 }),
        pixels: CIFAR_PIXELS,
        labelSmoothing: 0,
      };
      const model = formulaModel(network.variables);
      const tested = await model.evaluation('test', evaluationStep(parts))({ images });
      expect(relativeMaximum(tested['logits'].data, expected(`${name}/eval/logits`))).toBeLessThan(1e-4);
      const train = model.trainStep('train', trainingStep(parts), {
        optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
      });
      const trained = await train({ images, labels, learningRate: 0 });
      expect(relativeMaximum(trained['logits'].data, expected(`${name}/train/logits`))).toBeLessThan(1e-3);
      expect(relativeMaximum(trained['loss'].data, expected(`${name}/train/loss`))).toBeLessThan(1e-3);
      // Of so many ReLUs a few are near 0 and fall to the other side.
      expect(relativeMaximum(trained['gradientNorm'].data, expected(`${name}/gradientNorm`))).toBeLessThan(1e-2);
      const state = await model.readVariables(['momentum/conv1.weight', 'momentum/fc.weight']);
      for (const variable of ['conv1.weight', 'fc.weight']) {
        const { shape } = network.variables.find((spec) => spec.name === variable)!;
        const ours = projections(variable, shape, state.get(`momentum/${variable}`)!);
        expect(projectedDistance(ours, expected(`${name}/gradient/${variable}`))).toBeLessThan(2e-2);
      }
      await model.dispose();
    },
  );
});
