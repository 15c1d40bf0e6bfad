import type { Evaluation } from './evaluation';

/** Columns of a CSV beside those of the evaluation, by class name; the mean's row takes `mAP`. */
export type CsvColumns = Readonly<Record<string, (className: string) => number | null | undefined>>;

/** The evaluation as CSV (RFC 4180, LF): class, ap (0 … 1), ground_truths, detections, more columns; last row mAP. */
export function evaluationCsv(evaluation: Evaluation, more: CsvColumns = {}): string {
  const extra = Object.keys(more);
  const lines = [['class', 'ap', 'ground_truths', 'detections', ...extra]];
  const rest = (name: string): string[] => extra.map((column) => String(more[column](name) ?? ''));
  for (const [name, { ap, groundTruths, detections }] of Object.entries(evaluation.classes)) {
    lines.push([quoted(name), String(ap ?? ''), String(groundTruths), String(detections), ...rest(name)]);
  }
  lines.push(['mAP', String(evaluation.mAP ?? ''), '', '', ...rest('mAP')]);
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
