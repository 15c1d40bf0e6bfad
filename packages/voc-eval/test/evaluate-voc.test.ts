import { evaluateVoc, matchVoc, type Detections, type GroundTruth } from '@featuremine/voc-eval';
import { detections, groundTruth, object } from './support/build';

/** The outcomes of class 0 in falling score. */
function outcomes(truth: GroundTruth, found: Detections, iou = 0.5, isPixelInclusive = true): number[] {
  const { rankings } = matchVoc({
    groundTruth: truth,
    detections: found,
    iouThresholds: [iou],
    isPixelInclusive,
    ignoresDifficult: true,
  });
  return [...rankings[0].outcomes[0]];
}

describe('matchVoc', () => {
  it('makes the second match on an object a false positive, with no fallback to the second best object', () => {
    const truth = groundTruth([[object([0, 0, 10, 10]), object([0, 0, 10, 9])]]);
    const found = detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 10]]);
    expect(outcomes(truth, found)).toEqual([1, 0]);
  });

  it('gives equal IoUs to the earlier object', () => {
    const twice = groundTruth([[object([0, 0, 10, 10], { isDifficult: true }), object([0, 0, 10, 10])]]);
    expect(outcomes(twice, detections([0, 0.9, [0, 0, 10, 10]]))).toEqual([-1]);
  });

  it('ignores every match on a difficult object', () => {
    const truth = groundTruth([[object([0, 0, 10, 10], { isDifficult: true })]]);
    expect(outcomes(truth, detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 9]]))).toEqual([-1, -1]);
  });

  it('takes an IoU of exactly the threshold as a match', () => {
    const truth = groundTruth([[object([0, 0, 10, 10])]]);
    expect(outcomes(truth, detections([0, 0.9, [0, 0, 10, 5]]))).toEqual([1]);
    expect(outcomes(truth, detections([0, 0.9, [0, 0, 10, 4.99]]))).toEqual([0]);
  });

  it('leaves the +1 out when told so', () => {
    // VOC pixels 1…10 and 1…5: 10·5/(10·10) with the +1, 9·4/(9·9) without it.
    const truth = groundTruth([[object([0, 0, 10, 10])]]);
    const found = detections([0, 0.9, [0, 0, 10, 5]]);
    expect(outcomes(truth, found, 0.45, true)).toEqual([1]);
    expect(outcomes(truth, found, 0.45, false)).toEqual([0]);
  });

  it('keeps the row order of equal scores, over images too', () => {
    const truth = groundTruth([[object([0, 0, 10, 10])], []]);
    expect(outcomes(truth, detections([1, 0.5, [0, 0, 10, 10]], [0, 0.5, [0, 0, 10, 10]]))).toEqual([0, 1]);
  });

  it('never matches a box that is inside out, and evaluates one of a single pixel', () => {
    const truth = groundTruth([[object([4, 4, 5, 5])]]);
    expect(outcomes(truth, detections([0, 0.9, [5, 4, 4, 5]], [0, 0.8, [4, 4, 5, 5]]))).toEqual([0, 1]);
  });

  it('refuses rows that name no image, no class, or no number', () => {
    const truth = groundTruth([[]]);
    expect(() => outcomes(truth, detections([1, 0.5, [0, 0, 1, 1]]))).toThrow(
      'detection 0: image index 1, expected 0 … 0',
    );
    expect(() => outcomes(truth, detections([0, 0.5, [0, 0, 1, 1], 3]))).toThrow('class id 3, expected 0 … 0');
    expect(() => outcomes(truth, detections([0, NaN, [0, 0, 1, 1]]))).toThrow('score NaN');
  });
});

describe('evaluateVoc', () => {
  const classNames = ['cat', 'dog', 'emu'];
  const truth = groundTruth([[object([0, 0, 10, 10]), object([20, 20, 30, 30], { classId: 1 })]], classNames);
  const found = detections([0, 0.9, [0, 0, 10, 10]], [0, 0.8, [0, 0, 10, 10], 2]);

  it('gives a class without detections 0, and leaves one without ground truth out of the mean', () => {
    expect(evaluateVoc({ groundTruth: truth, detections: found, protocol: 'voc10' })).toEqual({
      protocol: 'voc10',
      iou: 0.5,
      mAP: 0.5,
      classes: {
        cat: { ap: 1, groundTruths: 1, detections: 1 },
        dog: { ap: 0, groundTruths: 1, detections: 0 },
        emu: { ap: null, groundTruths: 0, detections: 1 },
      },
    });
  });

  it('has no mean when nothing is to be found', () => {
    const nothing = evaluateVoc({ groundTruth: groundTruth([[]]), detections: detections(), protocol: 'voc07' });
    expect(nothing.mAP).toBeNull();
  });

  it('averages over several thresholds', () => {
    const half = detections([0, 0.9, [0, 0, 10, 6]]);
    const options = {
      groundTruth: groundTruth([[object([0, 0, 10, 10])]]),
      detections: half,
      protocol: 'voc10',
    } as const;
    expect(evaluateVoc({ ...options, iouThresholds: [0.5, 0.75] })).toMatchObject({ iou: '0.50:0.75', mAP: 0.5 });
  });
});
