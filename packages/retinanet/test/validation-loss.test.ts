import type { StepOutputs } from '../src/detect-samples';
import { ValidationLoss } from '../src/validation-loss';

function outputs(classes: number[], boxes: number[], counts: number[]): StepOutputs {
  const tensor = (values: number[]) => ({
    dtype: 'float32' as const,
    shape: [values.length],
    data: Float32Array.from(values),
  });
  return { classificationSums: tensor(classes), boxSums: tensor(boxes), foregroundCounts: tensor(counts) };
}

/** Three images in a batch of two and one of one, which is padded to two. */
function gathered(normalizer: 'image' | 'batch'): Record<string, number> {
  const losses = new ValidationLoss(normalizer);
  losses.add({ imageCount: 2 }, outputs([8, 3], [4, 0], [4, 0]));
  losses.add({ imageCount: 1 }, outputs([6, 99], [1, 99], [2, 99]));
  return losses.metrics();
}

describe('ValidationLoss', () => {
  it('is the mean over images, each by its own foreground, padding left out (image)', () => {
    expect(gathered('image')).toEqual({
      'val/loss': (8 / 4 + 3 + 6 / 2 + 4 / 4 + 1 / 2) / 3,
      'val/classificationLoss': (8 / 4 + 3 + 6 / 2) / 3,
      'val/boxLoss': (4 / 4 + 1 / 2) / 3,
    });
  });

  it('is the sum over the set by the set’s foreground (batch)', () => {
    expect(gathered('batch')).toMatchObject({ 'val/classificationLoss': 17 / 6, 'val/boxLoss': 5 / 6 });
  });

  it('is 0 and not NaN for a set without foreground', () => {
    expect(new ValidationLoss('batch').metrics()).toMatchObject({ 'val/loss': 0 });
  });
});
