import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { boxElements, escapeMarkup } from '../draw-detections';
import { ARM_TITLES, backboneFolder, detectorFolder } from './arms';
import type { Arm } from './arms';
import type { ArmResult, ShownImage } from './arm-result';
import type { ChainResult } from './chain';
import { SCORE_NAMES, comparisonRows } from './comparison';
import { metricLine, readMetrics } from './run-metrics';
import { svgChart } from './svg-chart';
import type { ChartLine } from './svg-chart';

/** What the report is about. */
export interface ReportRequest {
  readonly title: string;
  readonly out: string;
  readonly arms: readonly Arm[];
  readonly chain: ChainResult;
}

/**
 * Writes report.html: the table of scores, loss and accuracy curves of every run, precision over recall, and images of
 * the test set with detections. One file, without scripts and without links to the net. Returns its path.
 */
export async function writeReport({ title, out, arms, chain }: ReportRequest): Promise<string> {
  const last = chain.results[chain.results.length - 1];
  const pictures = await Promise.all(last.shown.map((image) => picture(image, Object.keys(last.voc07.classes))));
  const sections = [
    `<h1>${escapeMarkup(title)}</h1>`,
    scoreTable(chain),
    `<p>mAP is VOC07’s 11-point average precision at IoU 0.5; AP50, AP75 and AP (0.50:0.95) are COCO’s.</p>`,
    `<h2>Training</h2>`,
    `<div class="row">${trainingCharts(arms).map(svgChart).join('')}</div>`,
    `<h2>Precision over recall (${escapeMarkup(ARM_TITLES[last.arm])}, seed ${last.seed})</h2>`,
    `<div class="row">${svgChart(prChart(last))}</div>`,
    classTable(last),
    `<h2>Detections on test images</h2>`,
    `<p>Solid: detections with their score; dashed: ground truth.</p>`,
    `<div class="row">${pictures.join('')}</div>`,
  ];
  const path = join(out, 'report.html');
  writeFileSync(path, page(title, sections.join('\n')));
  return path;
}

function scoreTable({ comparison }: ChainResult): string {
  return table(
    ['detector from', ...SCORE_NAMES],
    comparisonRows(comparison).map((row) => row),
  );
}

function classTable({ voc07 }: ArmResult): string {
  const rows = Object.entries(voc07.classes).map(([name, { ap, groundTruths, detections }]) => [
    name,
    ap === null ? '–' : ap.toFixed(4),
    String(groundTruths),
    String(detections),
  ]);
  return table(
    ['class', 'AP (voc07)', 'objects', 'detections'],
    [...rows, ['mAP', (voc07.mAP ?? 0).toFixed(4), '', '']],
  );
}

function trainingCharts(arms: readonly Arm[]): Parameters<typeof svgChart>[0][] {
  const runs = arms.map((arm) => ({
    name: `${arm.name}, seed ${arm.seed}`,
    backbone: readMetrics(backboneFolder(arm)),
    detector: readMetrics(detectorFolder(arm)),
  }));
  const lines = (stage: 'backbone' | 'detector', metric: string, over: string): ChartLine[] =>
    runs.map((run) => metricLine(run[stage], { metric, over, label: run.name })).filter(({ x }) => x.length > 0);
  const charts = [
    { title: 'Pretraining: loss', xLabel: 'step', yLabel: 'loss', lines: lines('backbone', 'train/loss', 'step') },
    {
      title: 'Pretraining: held-out accuracy',
      xLabel: 'epoch',
      yLabel: 'top-1',
      lines: lines('backbone', 'top1', 'epoch'),
    },
    { title: 'Detector: loss', xLabel: 'step', yLabel: 'loss', lines: lines('detector', 'train/loss', 'step') },
    { title: 'Detector: box loss', xLabel: 'step', yLabel: 'loss', lines: lines('detector', 'train/boxLoss', 'step') },
    { title: 'Detector: validation mAP', xLabel: 'epoch', yLabel: 'mAP', lines: lines('detector', 'mAP', 'epoch') },
  ];
  return charts.filter((chart) => chart.lines.length > 0);
}

function prChart({ curves }: ArmResult): Parameters<typeof svgChart>[0] {
  return {
    title: 'VOC07, IoU 0.5',
    xLabel: 'recall',
    yLabel: 'precision',
    xRange: [0, 1],
    yRange: [0, 1],
    lines: curves.map(({ className, ap, recall, precision }) => ({
      label: `${className} ${ap.toFixed(3)}`,
      x: recall,
      y: precision,
    })),
  };
}

async function picture(image: ShownImage, classNames: readonly string[]): Promise<string> {
  const { imagePath, width, height, groundTruth } = image;
  const jpeg = await sharp(imagePath).toColourspace('srgb').removeAlpha().jpeg({ quality: 80 }).toBuffer();
  const boxes = boxElements({
    size: { width, height },
    classNames,
    detections: {
      classIds: Int32Array.from(image.detections.classIds),
      scores: Float32Array.from(image.detections.scores),
      boxes: Float32Array.from(image.detections.boxes),
    },
    groundTruth,
  });
  const source = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="280">` +
    `<image href="${source}" width="${width}" height="${height}"/>${boxes}</svg>`
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${cells(titles, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table>`;
}

function page(title: string, body: string): string {
  const style =
    'body{font:15px/1.5 sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222}' +
    'table{border-collapse:collapse}td,th{padding:3px 12px;text-align:right;border-bottom:1px solid #ddd}' +
    'td:first-child,th:first-child{text-align:left}.row{display:flex;flex-wrap:wrap;gap:12px}';
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escapeMarkup(title)}</title>` +
    `<style>${style}</style></head><body>\n${body}\n</body></html>\n`
  );
}
