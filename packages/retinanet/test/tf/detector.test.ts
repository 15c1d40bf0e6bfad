import { parameterCount } from '@featuremine/tensor-graph';
import { elementCount, makeStateDict } from '@featuremine/weights';
import type { StateDict } from '@featuremine/weights';
import { DETECTOR_VERSIONS, trainablePart } from '../../src/architecture';
import type { DetectorArchitecture } from '../../src/architecture';
import { makeDetector } from '../../src/detector';
import { detectorWeights } from '../../src/load-weights';

function architecture(version: 'v1' | 'v2', parts: Partial<DetectorArchitecture> = {}): DetectorArchitecture {
  return { backbone: 'resnet50', numClasses: 20, ...DETECTOR_VERSIONS[version], ...trainablePart(true), ...parts };
}

describe('makeDetector', () => {
  it('has as many parameters as torchvision counts, VOC’s 20 classes and the background', () => {
    expect(parameterCount(makeDetector(architecture('v1')).variables)).toBe(32_562_849);
    const v2 = architecture('v2', { batchNorm: 'trainable' });
    expect(parameterCount(makeDetector(v2).variables)).toBe(36_746_785);
  });

  // Counted by torchvision 0.29.2 on RetinaNet(_resnet_fpn_extractor(body, …), 21) for each body.
  it.each([
    ['resnet18', 19_586_721, 20_188_193],
    ['resnet34', 29_687_457, 30_296_353],
    ['resnet101', 51_502_753, 55_738_913],
  ] as const)('has as many parameters on a %s as torchvision counts', (backbone, first, second) => {
    expect(parameterCount(makeDetector(architecture('v1', { backbone })).variables)).toBe(first);
    const v2 = architecture('v2', { backbone, batchNorm: 'trainable' });
    expect(parameterCount(makeDetector(v2).variables)).toBe(second);
  });

  it('has as many parameters as torchvision counts for COCO’s 90 classes', () => {
    expect(parameterCount(makeDetector(architecture('v1', { numClasses: 90 })).variables)).toBe(34_014_999);
    const v2 = architecture('v2', { numClasses: 90, batchNorm: 'trainable' });
    expect(parameterCount(makeDetector(v2).variables)).toBe(38_198_935);
  });

  it('has the 301 names of torchvision’s state dict with frozen batch norm', () => {
    const names = makeDetector(architecture('v1')).variables.map(({ name }) => name);
    expect(new Set(names).size).toBe(301);
    for (const name of [
      'backbone.body.layer4.2.bn3.running_var',
      'backbone.fpn.inner_blocks.2.0.weight',
      'backbone.fpn.layer_blocks.0.0.bias',
      'backbone.fpn.extra_blocks.p7.weight',
      'head.classification_head.conv.3.0.bias',
      'head.classification_head.cls_logits.weight',
      'head.regression_head.bbox_reg.bias',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('makes P6 of c5’s 2048 channels and norms of the head’s convolutions in the second version', () => {
    const shapes = new Map(makeDetector(architecture('v2')).variables.map(({ name, shape }) => [name, shape]));
    expect(shapes.get('backbone.fpn.extra_blocks.p6.weight')).toEqual([3, 3, 2048, 256]);
    expect(shapes.get('head.regression_head.conv.0.1.weight')).toEqual([256]);
    expect(shapes.has('head.regression_head.conv.0.0.bias')).toBe(false);
  });

  // Of conv1, layer1 … layer4 and the rest, which has no name in `body`.
  it.each([
    [0, [undefined]],
    [1, ['layer4', undefined]],
    [3, ['layer2', 'layer3', 'layer4', undefined]],
    [5, ['conv1', 'layer1', 'layer2', 'layer3', 'layer4', undefined]],
  ])('trains the last %i stages of the backbone, and no frozen batch norm', (trainableStages, stages) => {
    const { variables } = makeDetector(architecture('v1', { trainableStages }));
    const trained = variables.filter(({ isTrainable }) => isTrainable);
    expect([...new Set(trained.map(({ name }) => /body\.(\w+)/.exec(name)?.[1]))]).toEqual(stages);
    expect(trained.some(({ name }) => name.includes('bn'))).toBe(false);
  });

  it('trains scale and offset of batch norm when it is trainable, and counts them', () => {
    const { variables } = makeDetector(architecture('v1', { batchNorm: 'trainable', trainableStages: 5 }));
    const norms = variables.filter(({ name }) => /(bn\d|downsample\.1)\.(weight|bias)$/.test(name));
    expect(norms.every(({ isTrainable, role }) => isTrainable && role === 'parameter')).toBe(true);
    expect(parameterCount(variables)).toBe(32_562_849 + 53_120);
  });
});

describe('detectorWeights', () => {
  const detector = makeDetector(architecture('v1', { backbone: 'resnet18', numClasses: 2 }));
  const norm = 'backbone.body.layer2.0.bn1.running_var';
  const state = (): StateDict =>
    makeStateDict(
      detector.variables,
      new Map(
        detector.variables.map(({ name, shape }) => [
          name,
          new Float32Array(elementCount(shape)).fill(name === norm ? 0.25 : 1),
        ]),
      ),
    );

  it('works another ε of the file’s batch norm into the variances: √(variance + 1e-5) is what it was', () => {
    const usual = detectorWeights(detector, state(), 'file').values.get(norm)!;
    const other = detectorWeights(detector, state(), 'file', { normEpsilon: 0 }).values.get(norm)!;
    expect(usual[0]).toBe(0.25);
    expect(Math.sqrt(other[0] + 1e-5)).toBeCloseTo(0.5, 7);
    expect(
      detectorWeights(detector, state(), 'file', { normEpsilon: 0 }).values.get('backbone.body.conv1.weight')![0],
    ).toBe(1);
  });

  it('replaces both outputs when the file has other anchors a cell, and says so', () => {
    const three = makeDetector(
      architecture('v1', {
        backbone: 'resnet18',
        numClasses: 2,
        anchors: { sizes: [8, 16, 32, 64, 128], ratios: [1] },
      }),
    );
    const { isHeadReplaced, report, values } = detectorWeights(three, state(), 'file');
    expect(isHeadReplaced).toBe(true);
    expect(report).toMatch(/both outputs are replaced by fresh ones, because the file has 9 anchors a cell, not 3/);
    expect(values.has('head.regression_head.bbox_reg.weight')).toBe(false);
    expect(values.has('head.regression_head.conv.3.0.weight')).toBe(true);
  });

  it('replaces the class output when the file’s classes have other names or another order, and says so', () => {
    const read = (found: string[]) =>
      detectorWeights(detector, state(), 'file', { classes: { found, expected: ['cat', 'dog'] } });
    const { isHeadReplaced, report, values } = read(['dog', 'cat']);
    expect(isHeadReplaced).toBe(true);
    expect(report).toMatch(/the file's classes are dog, cat, and those of this data cat, dog$/);
    expect(values.has('head.classification_head.cls_logits.weight')).toBe(false);
    expect(values.has('head.regression_head.bbox_reg.weight')).toBe(true);
    expect(read(['cat', 'dog'])).toMatchObject({ isHeadReplaced: false });
  });

  it('refuses a file in which something else is missing', () => {
    const tensors = state();
    tensors.delete('backbone.fpn.inner_blocks.1.0.weight');
    expect(() => detectorWeights(detector, tensors, 'cut.pth')).toThrow(/cut\.pth: .*fpn\.inner_blocks\.1\.0\.weight/);
  });
});
