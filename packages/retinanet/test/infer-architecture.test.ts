import { WeightsError } from '@featuremine/errors';
import { makeStateDict } from '@featuremine/weights';
import { inferBackbone } from '../src/infer-architecture';

/** The names of a ResNet's first convolutions, one in each block. */
function networkOf(blocks: readonly number[], isBottleneck: boolean): ReturnType<typeof makeStateDict> {
  const names = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, block) => `layer${stage + 1}.${block}.conv1.weight`),
  );
  if (isBottleneck) names.push('layer1.0.conv3.weight');
  const variables = names.map((name) => ({ name, shape: [1] }));
  return makeStateDict(variables, new Map(names.map((name) => [name, Float32Array.of(0)])));
}

describe('inferBackbone', () => {
  it.each([
    ['resnet18', [2, 2, 2, 2], false],
    ['resnet34', [3, 4, 6, 3], false],
    ['resnet50', [3, 4, 6, 3], true],
    ['resnet101', [3, 4, 23, 3], true],
  ] as const)('reads %s off its names', (name, blocks, isBottleneck) => {
    expect(inferBackbone(networkOf(blocks, isBottleneck), 'w.safetensors')).toBe(name);
  });

  it.each([
    ['ResNet-20', [3, 3, 3]],
    ['ResNet-56', [9, 9, 9]],
  ] as const)('refuses %s, which is no detector backbone', (_, blocks) => {
    const infer = (): string => inferBackbone(networkOf(blocks, false), 'cifar.safetensors');
    expect(infer).toThrow(WeightsError);
    expect(infer).toThrow(/CIFAR networks are no detector backbones/);
  });
});
