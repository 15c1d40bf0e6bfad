import { ClassificationScore } from '../src/classification-score';

describe('ClassificationScore', () => {
  it('counts the label among the first and the first five', () => {
    const score = new ClassificationScore();
    // Six classes; the label is first, third, and last.
    const logits = [5, 4, 3, 2, 1, 0, 5, 4, 3, 2, 1, 0, 5, 4, 3, 2, 1, 0];
    score.add(logits, [0, 2, 5], { imageCount: 3, numClasses: 6 });
    expect(score.result()).toMatchObject({ top1: 1 / 3, top5: 2 / 3, images: 3 });
  });

  it('gives the mean cross-entropy', () => {
    const score = new ClassificationScore();
    score.add([0, 0], [0], { imageCount: 1, numClasses: 2 });
    score.add([1000, 0], [0], { imageCount: 1, numClasses: 2 });
    expect(score.result().loss).toBeCloseTo(Math.log(2) / 2, 12);
  });

  it('leaves padded rows out', () => {
    const score = new ClassificationScore();
    score.add([1, 0, 0, 1], [0, -1], { imageCount: 1, numClasses: 2 });
    expect(score.result()).toMatchObject({ top1: 1, images: 1 });
  });

  it('puts the earlier of two equal classes first', () => {
    const score = new ClassificationScore();
    score.add([1, 1, 1, 1], [0, 1], { imageCount: 2, numClasses: 2 });
    expect(score.result().top1).toBe(0.5);
  });

  it('never counts a logit that is no number as right', () => {
    const score = new ClassificationScore();
    score.add([NaN, NaN], [0], { imageCount: 1, numClasses: 2 });
    expect(score.result()).toMatchObject({ top1: 0, top5: 0, loss: NaN });
  });

  it('is 0 without images', () => {
    expect(new ClassificationScore().result()).toEqual({ top1: 0, top5: 0, loss: 0, images: 0 });
  });
});
