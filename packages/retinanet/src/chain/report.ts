import { join } from 'node:path';
import { boxAt } from '@featuremine/boxes';
import { figureGrid, htmlPage, htmlTable, imageWithBoxes, lineChartSvg } from '@featuremine/training';
import { metricChart, readMetrics } from '@featuremine/training';
import type { ChartedRun } from '@featuremine/training';
import { jpegDataUri } from '@featuremine/vision-data';
import { writeFileAtomic } from '@featuremine/files';
import { ARM_TITLES, backboneFolder, detectorFolder } from './arms';
import type { Arm } from './arms';
import type { ArmResult, ShownImage } from './arm-result';
import type { ChainResult } from './chain';
import { SCORE_NAMES, comparisonRows } from './comparison';

/** Larger images are made so small. */
const LONGEST_SIDE_PX = 1024;

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
  const scores = htmlTable({ titles: ['detector from', ...SCORE_NAMES], rows: comparisonRows(chain.comparison) });
  const shownArm = `${ARM_TITLES[last.arm]}, seed ${last.seed}`;
  const html = htmlPage(title, [
    {
      title: 'Average precision on the test set',
      body: `${scores}<p>mAP is VOC07’s (11 points, IoU 0.5); AP50, AP75 and AP (IoU 0.50:0.95) are COCO’s.</p>`,
    },
    { title: 'Training', body: figureGrid(trainingCharts(arms)) },
    { title: `Classes (${shownArm})`, body: figureGrid([precisionChart(last)]) + classTable(last) },
    {
      title: `Detections on test images (${shownArm})`,
      body: `<p>Solid: detections with their score; dashed: ground truth.</p>${figureGrid(pictures)}`,
    },
  ]);
  const path = join(out, 'report.html');
  writeFileAtomic(path, html);
  return path;
}

function classTable({ voc07 }: ArmResult): string {
  const rows = Object.entries(voc07.classes).map(([name, { ap, groundTruths, detections }]) => [
    name,
    ap === null ? '–' : ap.toFixed(4),
    groundTruths,
    detections,
  ]);
  const mean = ['mAP', (voc07.mAP ?? 0).toFixed(4), '', ''];
  return htmlTable({ titles: ['class', 'AP (voc07)', 'objects', 'detections'], rows: [...rows, mean] });
}

function trainingCharts(arms: readonly Arm[]): string[] {
  const runsIn = (folderOf: (arm: Arm) => string): ChartedRun[] =>
    arms.map((arm) => ({ label: `${arm.name}, seed ${arm.seed}`, lines: readMetrics(folderOf(arm)) }));
  const [backbones, detectors] = [runsIn(backboneFolder), runsIn(detectorFolder)];
  const steps = { kind: 'step', yLabel: 'loss' } as const;
  return [
    ...metricChart(backbones, { title: 'Pretraining: loss', ...steps, name: 'train/loss' }),
    ...metricChart(backbones, { title: 'Pretraining: held-out images', kind: 'epoch', name: 'top1', yLabel: 'top-1' }),
    ...metricChart(detectors, { title: 'Detector: loss', ...steps, name: 'train/loss' }),
    ...metricChart(detectors, { title: 'Detector: class loss', ...steps, name: 'train/classificationLoss' }),
    ...metricChart(detectors, { title: 'Detector: box loss', ...steps, name: 'train/boxLoss' }),
    ...metricChart(detectors, { title: 'Detector: validation', kind: 'epoch', name: 'mAP' }),
  ];
}

function precisionChart({ curves }: ArmResult): string {
  return lineChartSvg({
    title: 'Precision over recall, IoU 0.5',
    xLabel: 'recall',
    yLabel: 'precision',
    xRange: [0, 1],
    yRange: [0, 1],
    series: curves.map(({ className, ap, recall, precision }) => ({
      label: `${className}, AP ${ap.toFixed(3)}`,
      x: recall,
      y: precision,
    })),
  });
}

async function picture(image: ShownImage, classNames: readonly string[]): Promise<string> {
  const { imagePath, width, height, groundTruth, detections } = image;
  return imageWithBoxes({
    dataUri: await jpegDataUri(imagePath, { maxSidePx: LONGEST_SIDE_PX }),
    width,
    height,
    boxes: [
      ...groundTruth.labels.map((label, i) => ({
        box: boxAt(groundTruth.boxes, i),
        label: '',
        colour: label,
        isDashed: true,
      })),
      ...detections.classIds.map((classId, i) => ({
        box: boxAt(detections.boxes, i),
        label: `${classNames[classId]} ${detections.scores[i].toFixed(2)}`,
        colour: classId,
      })),
    ],
  });
}
