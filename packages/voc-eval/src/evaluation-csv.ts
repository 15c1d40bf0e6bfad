import { cocoNumbers } from './coco-numbers';
import type { CocoEvaluation } from './evaluate-coco';
import type { Evaluation } from './evaluation';

/** Columns of a CSV beside those of the evaluation, by class name; the mean's row takes `mAP`. */
export type CsvColumns = Readonly<Record<string, (className: string) => number | null | undefined>>;

/**
 * The evaluation as CSV (RFC 4180, LF): class, ap (0 … 1), ground_truths, detections, protocol, iou, more columns; after
 * the classes a row mAP, and for COCO one for each of the twelve numbers.
 */
export function evaluationCsv(evaluation: Evaluation | CocoEvaluation, more: CsvColumns = {}): string {
  const { protocol, iou, mAP, classes } = evaluation;
  const row = (name: string, ap: number | null, counts: readonly number[]): string[] => {
    const [groundTruths = '', detections = ''] = counts.map(String);
    return [quoted(name), String(ap ?? ''), groundTruths, detections, protocol, String(iou)];
  };
  const extra = (name: string): string[] => Object.values(more).map((column) => String(column(name) ?? ''));
  const lines = [
    ['class', 'ap', 'ground_truths', 'detections', 'protocol', 'iou', ...Object.keys(more)],
    ...Object.entries(classes).map(([name, { ap, groundTruths, detections }]) => {
      return [...row(name, ap, [groundTruths, detections]), ...extra(name)];
    }),
    [...row('mAP', mAP, []), ...extra('mAP')],
  ];
  if ('AP50' in evaluation) {
    const none = Object.keys(more).map(() => '');
    for (const key of cocoNumbers) lines.push([...row(key, evaluation[key], []), ...none]);
  }
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
