import { trainSchema } from '../src/train-options';
import type { TrainOptions } from '../src/train-options';
import type { DetectorConfig } from '../src/detector-config';
import {
  planAnchors,
  planArchitecture,
  planLoss,
  planResize,
  planSchedule,
  scheduleAdvice,
} from '../src/training-plan';
import type { StartWeights } from '../src/training-plan';

const options = (given: Record<string, unknown> = {}): TrainOptions =>
  trainSchema.parse({ voc: 'VOCdevkit', train: '2007/train', out: 'run', ...given });

const tensor = (...shape: number[]) => ({ dtype: 'F32', shape, data: new Float32Array(0) }) as const;

/** A state dict with just what tells one detector from another. */
function detectorFile(extra: Record<string, ReturnType<typeof tensor>> = {}): StartWeights {
  const blocks = Array.from({ length: 6 }, (_, i) => [`layer3.${i}.conv1.weight`, tensor(256, 1024, 1, 1)] as const);
  const body = new Map([...blocks, ['layer1.0.conv3.weight', tensor(256, 64, 1, 1)] as const]);
  const names = new Map([...body].map(([name, value]) => [`backbone.body.${name}`, value]));
  names.set('backbone.fpn.extra_blocks.p6.weight', tensor(256, 256, 3, 3));
  names.set('head.classification_head.cls_logits.weight', tensor(9 * 91, 256, 3, 3));
  names.set('head.regression_head.bbox_reg.weight', tensor(36, 256, 3, 3));
  for (const [name, value] of Object.entries(extra)) names.set(name, value);
  return { kind: 'detector', file: 'coco.pth', tensors: names };
}

describe('planArchitecture', () => {
  it('is torchvision’s first version, all of it trained, when nothing is given', () => {
    expect(planArchitecture(options(), 3, undefined)).toEqual({
      backbone: 'resnet50',
      numClasses: 3,
      p6From: 'p5',
      hasHeadNorm: false,
      batchNorm: 'trainable',
      trainableStages: 5,
    });
  });

  it('freezes batch norm and two stages of pretrained weights, unless told otherwise', () => {
    const start = detectorFile();
    expect(planArchitecture(options(), 3, start)).toMatchObject({ batchNorm: 'frozen', trainableStages: 3 });
    const given = options({ batchNorm: 'trainable', trainableStages: 4 });
    expect(planArchitecture(given, 3, start)).toMatchObject({ batchNorm: 'trainable', trainableStages: 4 });
  });

  it('reads the version off a detector’s weights, by the names of either generation', () => {
    expect(planArchitecture(options(), 3, detectorFile())).toMatchObject({ p6From: 'p5', hasHeadNorm: false });
    const second = detectorFile({
      'backbone.fpn.extra_blocks.p6.weight': tensor(256, 2048, 3, 3),
      'head.classification_head.conv.0.1.weight': tensor(256),
    });
    expect(planArchitecture(options(), 3, second)).toMatchObject({ p6From: 'c5', hasHeadNorm: true });
  });

  it('is what a resumed run was, without its weights file, but for flags that say otherwise', () => {
    const stored = { ...planArchitecture(options(), 3, detectorFile()), anchors: planAnchors({ anchorRatios: [1] })! };
    expect(planArchitecture(options(), 3, undefined, stored)).toEqual(stored);
    const given = options({ model: 'resnet18', trainableStages: 5, detector: 'v2' });
    const changed = { ...stored, backbone: 'resnet18', trainableStages: 5, p6From: 'c5', hasHeadNorm: true };
    expect(planArchitecture(given, 3, undefined, stored)).toEqual(changed);
  });

  it('takes the source of P6 and the norm of the head apart from the version', () => {
    const mixed = options({ detector: 'v1', p6From: 'c5', headNorm: 'group' });
    expect(planArchitecture(mixed, 3, undefined)).toMatchObject({ p6From: 'c5', hasHeadNorm: true });
    const other = options({ detector: 'v2', p6From: 'p5', headNorm: 'none' });
    expect(planArchitecture(other, 3, undefined)).toMatchObject({ p6From: 'p5', hasHeadNorm: false });
  });
});

describe('planAnchors', () => {
  it('keeps torchvision’s, or its sizes or ratios', () => {
    expect(planAnchors(options())).toBeUndefined();
    expect(planAnchors(options({ anchorRatios: [1, 3] }))).toEqual({ sizes: [32, 64, 128, 256, 512], ratios: [1, 3] });
    const sizes = [16, 32, 64, 128, 256];
    expect(planAnchors(options({ anchorSizes: sizes }))).toEqual({ sizes, ratios: [0.5, 1, 2] });
  });

  it('keeps the anchors that are known, where the flags say nothing of them', () => {
    const known = { sizes: [8, 16, 32, 64, 128], ratios: [1] };
    expect(planAnchors(options(), known)).toEqual(known);
    expect(planAnchors(options({ anchorRatios: [1, 3] }), known)).toEqual({ ...known, ratios: [1, 3] });
    const config = { classNames: ['a'], architecture: { anchors: known } } as unknown as DetectorConfig;
    expect(planArchitecture(options(), 3, { ...detectorFile(), config }).anchors).toEqual(known);
  });

  it('refuses sizes that do not rise', () => {
    expect(() => planAnchors(options({ anchorSizes: [64, 32, 128, 256, 512] }))).toThrow(/sizes that rise/);
  });
});

describe('scheduleAdvice', () => {
  it('names --rise-share where a warm-up is asked of one-cycle, and is silent elsewhere', () => {
    const oneCycle = { schedule: 'one-cycle', riseShare: 0.1 };
    expect(scheduleAdvice(options({ ...oneCycle, warmupSteps: 100 }))).toMatch(
      /--warmup-steps does nothing with --schedule one-cycle.*first 10 % of the steps: --rise-share/,
    );
    expect(scheduleAdvice(options(oneCycle))).toBeUndefined();
    expect(scheduleAdvice(options({ warmupSteps: 100 }))).toBeUndefined();
  });
});

describe('planLoss', () => {
  const head = { hasHeadNorm: false, anchors: undefined };

  it('is L1 without norm in the head and GIoU with it, unless told otherwise', () => {
    expect(planLoss(options(), head, ['a']).boxLoss).toBe('l1');
    expect(planLoss(options(), { ...head, hasHeadNorm: true }, ['a']).boxLoss).toBe('giou');
    const smooth = planLoss(options({ boxLoss: 'smooth-l1', smoothL1Beta: 0.3 }), head, ['a']);
    expect(smooth).toMatchObject({ boxLoss: 'smooth-l1', smoothL1Beta: 0.3 });
  });

  it('passes on alpha, gamma and the normaliser', () => {
    const given = options({ focalAlpha: 0.4, focalGamma: 1.5, lossNormalizer: 'ema' });
    expect(planLoss(given, head, ['a'])).toMatchObject({ focalAlpha: 0.4, focalGamma: 1.5, normalizer: 'ema' });
  });

  it('orders class weights by class id, with 1 where none is given, and names an unknown class', () => {
    const given = options({ classWeights: { dog: 2.5 } });
    expect(planLoss(given, head, ['cat', 'dog', 'pig']).classWeights).toEqual([1, 2.5, 1]);
    expect(() => planLoss(options({ classWeights: { dgo: 2 } }), head, ['cat', 'dog'])).toThrow(
      /class dgo: .*expected one of cat, dog.*Did you mean dog\?$/,
    );
  });
});

describe('planResize', () => {
  it('keeps several shorter sides, which training draws from', () => {
    expect(planResize(options({ minSize: [480, 600], maxSize: 1000 }))).toEqual({
      kind: 'min-max',
      minSize: [480, 600],
      maxSize: 1000,
    });
  });
});

describe('planSchedule', () => {
  const rates = (given: Record<string, unknown>, steps: number[], perEpoch = 100): number[] =>
    steps.map(planSchedule(options(given), perEpoch));

  it('warms up over an epoch or 500 steps, and falls at 2/3 and 11/12 of the epochs', () => {
    const given = { epochs: 12, batchSize: 16 };
    const [start, half, after, decayed, last] = rates(given, [0, 50, 99, 800, 1100]);
    expect(start).toBeCloseTo(1e-5, 12);
    expect(half).toBeGreaterThan(0.004);
    expect(half).toBeLessThan(0.006);
    expect(after).toBe(0.01);
    expect(decayed).toBeCloseTo(1e-3, 12);
    expect(last).toBeCloseTo(1e-4, 12);
    expect(rates(given, [499, 500], 5000)[0]).toBeLessThan(0.01);
    expect(rates(given, [500], 5000)).toEqual([0.01]);
  });

  it('takes the rate in proportion to the images of an update', () => {
    const given = { schedule: 'constant', warmupSteps: 0 };
    expect(rates({ ...given, batchSize: 4 }, [0])[0]).toBeCloseTo(0.0025, 12);
    expect(rates({ ...given, batchSize: 4, accumulate: 4 }, [0])[0]).toBeCloseTo(0.01, 12);
    expect(rates({ ...given, batchSize: 4, lr: 0.3 }, [0])).toEqual([0.3]);
  });

  it('falls along a cosine, at given epochs, or rises for a given share of one cycle', () => {
    expect(rates({ schedule: 'cosine', lr: 1, warmupSteps: 0, epochs: 2 }, [100])[0]).toBeCloseTo(0.5, 12);
    const step = { schedule: 'multi-step', lr: 1, warmupSteps: 0, epochs: 4, decayEpochs: [1.5], decayFactor: 0.5 };
    expect(rates(step, [149, 150, 399])).toEqual([1, 0.5, 0.5]);
    const [low, high] = rates({ schedule: 'one-cycle', lr: 1, riseShare: 0.1, epochs: 1 }, [0, 9]);
    expect(low).toBeCloseTo(1 / 25, 12);
    expect(high).toBe(1);
  });
});
