import { ConfigError } from '@featuremine/errors';
import { parameterCount } from '@featuremine/tensor-graph';
import { createNetwork, NETWORK_NAMES } from '../../src/create-network';
import { mapSide } from '../../src/network';
import { resnet } from '../../src/networks/resnet';

describe('createNetwork', () => {
  // torchvision's models with 1,000 classes; the CIFAR networks' authors with 100 (with 10 in the second table).
  it.each([
    ['resnet18', 1000, 11_689_512],
    ['resnet34', 1000, 21_797_672],
    ['resnet50', 1000, 25_557_032],
    ['resnet101', 1000, 44_549_160],
    ['resnet56', 100, 858_868],
    ['resnet110', 100, 1_733_812],
    ['resnet164', 100, 1_726_388],
    ['densenet-bc-100-12', 100, 800_032],
    ['wrn-28-10', 100, 36_536_884],
    ['pyramidnet-110-270', 100, 28_511_307],
    ['resnet20', 10, 269_722],
    ['resnet56', 10, 853_018],
    ['resnet110', 10, 1_727_962],
    ['densenet-bc-100-12', 10, 769_162],
    ['wrn-28-10', 10, 36_479_194],
  ])('gives %s with %i classes %i parameters', (name, numClasses, count) => {
    expect(parameterCount(createNetwork(name, { numClasses }).variables)).toBe(count);
  });

  it('names every variable once', () => {
    for (const name of NETWORK_NAMES) {
      const names = createNetwork(name, { numClasses: 10 }).variables.map((variable) => variable.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('offers the nearest name for a misspelt one', () => {
    expect(() => createNetwork('resnet5', { numClasses: 2 })).toThrow(ConfigError);
    expect(() => createNetwork('resnet-50', { numClasses: 2 })).toThrow(/^--model: .*Did you mean resnet50\?$/);
    expect(() => createNetwork('toString', { numClasses: 2 })).toThrow(ConfigError);
  });

  it('has maps of 7 cells for a ResNet at 224 pixels, and of 8 for a CIFAR network at 32', () => {
    const sides = (name: string, imageSize: number): number[] =>
      createNetwork(name, { numClasses: 10 }).stages.map((stage) => mapSide(stage, imageSize));
    expect(sides('resnet50', 224)).toEqual([56, 28, 14, 7]);
    expect(sides('resnet56', 32)).toEqual([32, 16, 8]);
  });

  it('shrinks less with the stem of smaller images', () => {
    const lastSide = (stem: 32 | 64, imageSize: number): number =>
      mapSide(createNetwork('resnet18', { numClasses: 10, stem }).stages[3], imageSize);
    expect(lastSide(32, 32)).toBe(4);
    expect(lastSide(64, 64)).toBe(4);
  });
});

describe('resnet', () => {
  const trained = (trainableStages: number): Set<string> =>
    new Set(
      resnet(18, { trainableStages, prefix: 'backbone.body.' })
        .variables.filter((variable) => variable.isTrainable)
        .map((variable) => variable.name.split('.')[2]),
    );

  it('trains the last stages first, as torchvision counts them', () => {
    expect(trained(0)).toEqual(new Set());
    expect(trained(3)).toEqual(new Set(['layer2', 'layer3', 'layer4']));
    expect(trained(4)).toEqual(new Set(['layer1', 'layer2', 'layer3', 'layer4']));
    expect(trained(5)).toEqual(new Set(['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4']));
  });

  it('refuses a count of stages that it does not have', () => {
    expect(() => resnet(18, { trainableStages: 6 })).toThrow(/from 0 .* to 5/);
  });

  it('has buffers in place of parameters in frozen batch norms', () => {
    const norms = resnet(18, { norm: 'frozen' }).variables.filter(({ shape }) => shape.length === 1);
    expect(norms).toHaveLength(80);
    expect(norms.every(({ role, isTrainable }) => role === 'buffer' && !isTrainable)).toBe(true);
  });
});
