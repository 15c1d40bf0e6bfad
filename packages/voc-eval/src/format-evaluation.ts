import { formatTable } from '@featuremine/command-line';
import type { Evaluation } from './evaluation';

/** The evaluation as a text table: a row a class and the mean, AP in percent. */
export function formatEvaluation(evaluation: Evaluation, title: string): string {
  const rows = Object.entries(evaluation.classes).map(([name, { ap, groundTruths, detections }]) => [
    name,
    percent(ap),
    groundTruths,
    detections,
  ]);
  const table = formatTable({
    columns: [
      { title: 'class' },
      { title: 'AP %', align: 'right' },
      { title: 'objects', align: 'right' },
      { title: 'detections', align: 'right' },
    ],
    rows: [...rows, ['mAP', percent(evaluation.mAP), '', '']],
  });
  return `${title}\n\n${table}`;
}

/** A share as a percentage with two digits; a dash for null and for COCO's −1. */
export function percent(share: number | null): string {
  return share === null || share < 0 ? '–' : (100 * share).toFixed(2);
}
