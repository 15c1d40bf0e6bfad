import type { MetricsLine } from '@featuremine/training';
import type { VocImage, VocImageObject } from '@featuremine/voc';
import { diagnose } from '../src/overfit-diagnosis';
import type { OverfitEvidence } from '../src/overfit-diagnosis';

const epochs = (losses: number[]): MetricsLine[] =>
  losses.map((loss, i) => ({ kind: 'epoch', epoch: i + 1, 'train/loss': loss }));

function evidence(parts: Partial<OverfitEvidence>): OverfitEvidence {
  const coverage = { objects: 10, fitted: 10, missed: 0, byClass: new Map(), bySize: [] };
  const best = { mAP: 0.4, 'AP/cat': 0.95, 'AP/dog': 0.1 };
  return {
    ...{ images: [], classNames: ['cat', 'dog'], coverage, suggestion: undefined, best },
    lines: epochs([2, 1, 0.05, 0.05, 0.04]),
    ...parts,
  };
}

describe('diagnose', () => {
  it('names two classes at one place, and the annotation', () => {
    const object = (name: string, index: number): VocImageObject => ({
      ...{ name, classId: index - 1, index, box: [10, 10, 60, 60] },
      ...{ isDifficult: false, isTruncated: false },
    });
    const image = { annotationPath: '7.xml', objects: [object('cat', 1), object('dog', 2)] } as unknown as VocImage;
    expect(diagnose(evidence({ images: [image] }))[0]).toBe(
      '7.xml: objects 1 and 2 are cat and dog at one place. Keep one.',
    );
  });

  it('tells objects without anchors, with the anchors that would fit', () => {
    const coverage = { objects: 10, fitted: 1, missed: 6, byClass: new Map(), bySize: [] };
    const suggestion = { sizes: [8, 16, 32, 64, 128], ratios: [1], fittedShare: 1 };
    expect(diagnose(evidence({ coverage, suggestion }))[0]).toBe(
      '6 of 10 objects are too small or too long for the anchors. ' +
        'Enlarge --image-size, or take --anchor-sizes 8,16,32,64,128 --anchor-ratios 1.',
    );
  });

  it('tells a loss that is still falling from one that stopped and one that never fell', () => {
    expect(diagnose(evidence({ lines: epochs([3, 2.5, 2, 1.5, 1]) }))[0]).toMatch(/loss \(1\.00\) is still falling/);
    expect(diagnose(evidence({ lines: epochs([3, 1, 0.5, 0.5, 0.5]) }))[0]).toMatch(/stopped at 0\.500, .*show/);
    expect(diagnose(evidence({ lines: epochs([1, 1, 1, 1, 1]) }))[0]).toMatch(/hardly fell.*--lr/);
  });

  it('tells a training of one epoch, in which no loss can fall', () => {
    const best = { mAP: 0 };
    expect(diagnose(evidence({ lines: epochs([2]), best }))).toEqual([
      'One epoch is too little to learn images by heart. Give it more --epochs.',
    ]);
  });

  it('tells a low loss without detections, and the poorest classes', () => {
    const found = diagnose(evidence({}));
    expect(found[0]).toMatch(/The loss is low \(0\.0400\) and mAP only 0\.400/);
    expect(found.at(-1)).toBe('Classes with the lowest AP: dog 0.10.');
  });
});
