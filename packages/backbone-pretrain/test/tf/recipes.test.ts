import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenMethods } from '../../src/methods/chosen-methods';
import { createNetwork } from '../../src/create-network';
import { resolved } from '../../src/reproduce/training-cell';
import { compareSchema } from '../../src/reproduce/compare-options';
import { readRecipe } from '../../src/reproduce/recipe-file';
import { trainSchema } from '../../src/training-options';

const configs = join(__dirname, '..', '..', '..', '..', 'configs');

describe('imagenet-resnet50-modern', () => {
  it('is a recipe of train, with Mixup or CutMix in each step', () => {
    const options = trainSchema.parse({ ...readRecipe('imagenet-resnet50-modern', configs), out: 'run' });
    expect(options).toMatchObject({ precision: 'bfloat16', schedule: 'cosine', labelSmoothing: 0.1, ema: 0.9999 });
    const [method] = chosenMethods(options, createNetwork('resnet50', { numClasses: 1000 }), 224);
    const drawn = [0, 1, 2, 3].map((stepNumber) => method.draw({ seed: 0, stepNumber, labels: [0, 1] }));
    expect(drawn.map((inputs) => inputs['mixing.weights'].shape)).toEqual(Array(4).fill([1, 224, 224, 1]));
  });
});

describe('experiments/small-samples', () => {
  const config = JSON.parse(readFileSync(join(configs, 'experiments', 'small-samples.json'), 'utf8')) as object;
  const kept = Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('//')));
  const { base, arms, against, only } = compareSchema.parse({ ...kept, out: 'runs/x' });

  it.each(Object.keys(arms))('has options that train takes in the arm %s', (arm) => {
    const options = resolved({ folder: arm, seed: 0, options: { ...base, data: 'd', ...arms[arm] } });
    expect(options).toMatchObject({ dataset: 'cifar10', samplesPerClass: 200, precision: 'bfloat16' });
  });

  it('compares both forms of Feature Mining with the baseline', () => {
    expect([against, only]).toEqual(['baseline', ['baseline', 'fm1', 'fm2']]);
  });
});
