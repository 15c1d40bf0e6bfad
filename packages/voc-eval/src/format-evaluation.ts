import { formatTable, type TableColumn } from '@featuremine/command-line';
import type { Interval } from './bootstrap';
import { cocoNumbers } from './coco-numbers';
import { errorTypes } from './error-types';
import type { ErrorBreakdown } from './error-breakdown';
import type { CocoEvaluation } from './evaluate-coco';
import type { Evaluation } from './evaluation';
import { percent } from './percent';

/** 95 % intervals by class name, and under `mAP`. */
export type Intervals = Readonly<Record<string, Interval | undefined>>;

/** The evaluation as a text table: a row a class and the mean, AP in percent; COCO's twelve numbers above it. */
export function formatEvaluation(
  evaluation: Evaluation | CocoEvaluation,
  title: string,
  intervals?: Intervals,
): string {
  const between = (name: string): string[] => {
    if (intervals === undefined) return [];
    const found = intervals[name];
    return [found === undefined ? '–' : `${percent(found.low)} – ${percent(found.high)}`];
  };
  const rows = Object.entries(evaluation.classes).map(([name, { ap, groundTruths, detections }]) => [
    name,
    percent(ap),
    ...between(name),
    groundTruths,
    detections,
  ]);
  const table = formatTable({
    columns: [
      { title: 'class' },
      right('AP %'),
      ...(intervals === undefined ? [] : [right('95 %')]),
      right('objects'),
      right('detections'),
    ],
    rows: [...rows, ['mAP', percent(evaluation.mAP), ...between('mAP'), '', '']],
  });
  return `${title}\n\n${'AP50' in evaluation ? `${twelveNumbers(evaluation)}\n\n` : ''}${table}`;
}

/** The error breakdown as a text table: AP points by class and type. */
export function formatBreakdown({ iou, backgroundIou, all, classes }: ErrorBreakdown): string {
  const rows = [...Object.entries(classes), ['all', all] as const].map(([name, { points }]) => [
    name,
    ...errorTypes.map((type) => points[type].toFixed(2)),
  ]);
  const table = formatTable({
    columns: [{ title: 'class' }, ...errorTypes.map(right)],
    rows: [...rows, ['errors', ...errorTypes.map((type) => all.counts[type])]],
  });
  const special = `false positives ${all.falsePositivePoints.toFixed(2)}, false negatives ${all.falseNegativePoints.toFixed(2)}`;
  return `AP points that each type of error costs (IoU ${iou}, background up to ${backgroundIou}); all ${special}\n\n${table}`;
}

function twelveNumbers(evaluation: CocoEvaluation): string {
  return formatTable({
    columns: cocoNumbers.map(right),
    rows: [cocoNumbers.map((key) => percent(evaluation[key]))],
  });
}

function right(title: string): TableColumn {
  return { title, align: 'right' };
}
