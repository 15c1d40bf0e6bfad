import { iou } from '@featuremine/boxes';
import type { MetricsLine } from '@featuremine/training';
import { metricSeries } from '@featuremine/training';
import type { VocImage } from '@featuremine/voc';
import type { AnchorCoverage } from './anchor-coverage';
import type { AnchorSuggestion } from './suggest-anchors';

/** What is known of a few images that were not learnt by heart. */
export interface OverfitEvidence {
  readonly images: readonly VocImage[];
  readonly classNames: readonly string[];
  readonly coverage: AnchorCoverage;
  readonly suggestion: AnchorSuggestion | undefined;
  /** Lines of metrics.jsonl. */
  readonly lines: readonly MetricsLine[];
  /** Metrics of the best epoch. */
  readonly best: Readonly<Record<string, number>>;
}

const SAME_PLACE_IOU = 0.9;
const LOW_LOSS = 0.1;

/** Why images were not learnt by heart, the likeliest reason first; one sentence each, with what to do. */
export function diagnose(evidence: OverfitEvidence): string[] {
  const reasons = [twoClassesAtOnePlace, withoutAnchors, tooShort, stillFalling, notFalling, learntButNotFound];
  return [...reasons.flatMap((reason) => reason(evidence)), ...poorClasses(evidence)];
}

function twoClassesAtOnePlace({ images, classNames }: OverfitEvidence): string[] {
  for (const { annotationPath, objects } of images) {
    for (const [i, first] of objects.entries()) {
      const second = objects
        .slice(i + 1)
        .find((other) => other.classId !== first.classId && iou(first.box, other.box) > SAME_PLACE_IOU);
      if (second === undefined) continue;
      const names = `${classNames[first.classId]} and ${classNames[second.classId]}`;
      return [`${annotationPath}: objects ${first.index} and ${second.index} are ${names} at one place. Keep one.`];
    }
  }
  return [];
}

function withoutAnchors({ coverage, suggestion }: OverfitEvidence): string[] {
  const { missed, objects } = coverage;
  if (missed * 10 <= objects) return [];
  const anchors = suggestion
    ? `, or take --anchor-sizes ${suggestion.sizes.join(',')} --anchor-ratios ${suggestion.ratios.join(',')}`
    : '';
  return [`${missed} of ${objects} objects are too small or too long for the anchors. Enlarge --image-size${anchors}.`];
}

function tooShort({ lines }: OverfitEvidence): string[] {
  const epochs = lossesOf(lines).length;
  if (epochs > 1) return [];
  return [
    `${epochs === 1 ? 'One epoch is' : 'No epoch is'} too little to learn images by heart. Give it more --epochs.`,
  ];
}

function stillFalling({ lines }: OverfitEvidence): string[] {
  const { before, last } = lossTrend(lines);
  if (!(last > LOW_LOSS && last < 0.9 * before)) return [];
  return [`The loss (${last.toPrecision(3)}) is still falling. Give it more --epochs.`];
}

function notFalling({ lines }: OverfitEvidence): string[] {
  const { first, before, last } = lossTrend(lines);
  if (!(last > LOW_LOSS && last >= 0.9 * before)) return [];
  const start = `The loss stopped at ${last.toPrecision(3)}, from ${first.toPrecision(3)}`;
  if (last > 0.8 * first) return [`${start}: it hardly fell. Try another --lr, ten times lower or higher.`];
  return [`${start}. Look at the boxes with their names (retinanet show), and try a lower --lr.`];
}

function learntButNotFound({ lines, best }: OverfitEvidence): string[] {
  const { last } = lossTrend(lines);
  if (!(last <= LOW_LOSS)) return [];
  const mAP = (best['mAP'] ?? 0).toFixed(3);
  return [
    `The loss is low (${last.toPrecision(3)}) and mAP only ${mAP}: what is evaluated is not what was learnt. ` +
      'Look for objects that are annotated twice, and for batch norm that saw too few images (--batch-norm frozen).',
  ];
}

function poorClasses({ best }: OverfitEvidence): string[] {
  const poor = Object.entries(best)
    .filter(([name, ap]) => name.startsWith('AP/') && ap < 0.9)
    .sort(([, a], [, b]) => a - b)
    .slice(0, 5)
    .map(([name, ap]) => `${name.slice(3)} ${ap.toFixed(2)}`);
  return poor.length === 0 ? [] : [`Classes with the lowest AP: ${poor.join(', ')}.`];
}

function lossesOf(lines: readonly MetricsLine[]): readonly number[] {
  return metricSeries(lines, { kind: 'epoch', name: 'train/loss' }).y;
}

// Means of the first, the last but one and the last fifth of the epochs.
function lossTrend(lines: readonly MetricsLine[]): { first: number; before: number; last: number } {
  const y = lossesOf(lines);
  const length = Math.max(1, Math.floor(y.length / 5));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    first: mean(y.slice(0, length)),
    before: mean(y.slice(-2 * length, -length)),
    last: mean(y.slice(-length)),
  };
}
