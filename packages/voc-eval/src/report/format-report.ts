import type { Interval } from '../bootstrap';
import type { ClassCurve } from '../class-curve';
import { cocoNumbers } from '../coco-numbers';
import type { ConfusionMatrix } from '../confusion-matrix';
import { errorTypes } from '../error-types';
import type { ErrorBreakdown } from '../error-breakdown';
import type { CocoEvaluation } from '../evaluate-coco';
import type { Evaluation } from '../evaluation';
import type { GroundTruth } from '../ground-truth';
import { percent } from '../percent';
import { confusionTable, curveChart, errorBar } from './charts';
import { html, type Content, type Markup } from './markup';
import { page } from './page';
import { picture } from './picture';
import { table, type Row } from './table';
import type { WorstImage } from './worst-images';

/** Everything that a report shows. */
export interface ReportContent {
  /** First line: what was detected. */
  readonly title: string;
  /** The protocol in words. */
  readonly protocol: string;
  readonly evaluation: Evaluation | CocoEvaluation;
  readonly groundTruth: GroundTruth;
  /** Number of detections. */
  readonly detectionCount: number;
  /** [K] */
  readonly curves: readonly ClassCurve[];
  readonly breakdown: ErrorBreakdown;
  readonly confusion: ConfusionMatrix;
  /** 95 % intervals over images by class name, and under `mAP`. */
  readonly intervals?: Readonly<Record<string, Interval | undefined>>;
  readonly worst: readonly WorstImage[];
  /** The pixels of an image as a data URI, or undefined when they are not at hand. */
  readonly imageData: (imageIndex: number) => string | undefined;
}

/** The report as one HTML page that needs nothing else: no script, no network. All names in it are escaped. */
export function formatReport(content: ReportContent): string {
  const { title, protocol, groundTruth, worst, breakdown } = content;
  return page(
    title,
    html`<p class="faint">${protocol}</p>
      ${summary(content)}
      <h2>Classes</h2>
      ${classTable(content)}
      <h2>What the errors cost</h2>
      <p class="faint">
        AP points that correcting one type of error alone would give (101-point AP at IoU ${breakdown.iou}, background
        up to ${breakdown.backgroundIou}), with the number of errors. Errors hide each other: the points do not add up
        to what is missing.
      </p>
      ${errorBar(breakdown.all)}${errorTable(content)}
      <h2>Precision and recall</h2>
      <p class="faint">
        At IoU ${breakdown.iou}. Thin: precision at each recall. Bold: the falling curve under which AP is taken. Dot:
        the best F1.
      </p>
      <div class="curves">${curveFigures(content)}</div>
      <h2>Confusion</h2>
      <p class="faint">
        Rows: what is there. Columns: what was detected, at each class's best-F1 threshold and IoU ${breakdown.iou}.
      </p>
      ${confusionTable(content.confusion)}
      ${
        worst.length === 0
          ? undefined
          : html`<h2>Worst images</h2>
              <p class="faint">
                Those with most that is wrong: sure false positives, and objects missed at the best-F1 thresholds.
              </p>
              <ul class="key">
                <li><i style="background:var(--false)"></i>false positive</li>
                <li><i style="background:var(--missed)"></i>missed (dashed)</li>
                <li><i style="background:var(--found)"></i>found</li>
              </ul>`
      }
      <div class="pictures">
        ${worst.map((image) => picture(groundTruth.images[image.imageIndex], image, content.imageData(image.imageIndex)))}
      </div>`,
  );
}

function summary({ evaluation, groundTruth, detectionCount, intervals, breakdown }: ReportContent): Markup {
  const tiles: [string, string][] = [['mAP', percent(evaluation.mAP)]];
  const interval = intervals?.['mAP'];
  if (interval !== undefined) tiles.push(['95 % interval', between(interval)]);
  if ('AP50' in evaluation) {
    // AP is the mAP above.
    for (const key of cocoNumbers.slice(1)) tiles.push([key, percent(evaluation[key])]);
  }
  const objects = Object.values(evaluation.classes).reduce((sum, { groundTruths }) => sum + groundTruths, 0);
  tiles.push(['images', String(groundTruth.images.length)], ['objects', String(objects)]);
  tiles.push(['detections', String(detectionCount)]);
  const worstType = errorTypes.reduce((a, b) => (breakdown.all.points[b] > breakdown.all.points[a] ? b : a));
  tiles.push(['costliest error', worstType]);
  return html`<div class="tiles">
    ${tiles.map(([name, value]): Content => html`<div class="tile"><b>${value}</b><span>${name}</span></div>`)}
  </div>`;
}

function classTable({ evaluation, groundTruth, curves, intervals }: ReportContent): Markup {
  const rows = groundTruth.classNames.map((name, classId): Row => {
    const { ap, groundTruths, detections } = evaluation.classes[name];
    const { best } = curves[classId];
    const bar = html`<i style="width:${Math.max(0, 100 * (ap ?? 0)).toFixed(1)}%"></i>`;
    const texts = [
      ...(intervals === undefined ? [] : [between(intervals[name])]),
      String(groundTruths),
      String(detections),
      best === undefined ? '–' : best.f1.toFixed(3),
      best === undefined ? '–' : best.score.toPrecision(3),
    ];
    const cells = texts.map((content) => ({ content }));
    return { name, cells: [{ content: percent(ap) }, { content: bar, className: 'bar' }, ...cells] };
  });
  const interval = intervals === undefined ? [] : ['95 %'];
  const columns = ['AP %', '', ...interval, 'objects', 'detections', 'best F1', 'at score'];
  return table({ className: 'classes', title: 'class', columns, rows });
}

function between(found: Interval | undefined): string {
  return found === undefined ? '–' : `${percent(found.low)} – ${percent(found.high)}`;
}

function errorTable({ breakdown }: ReportContent): Markup {
  const rows = Object.entries(breakdown.classes).map(([name, { points }]): Row => {
    return { name, cells: errorTypes.map((type) => ({ content: points[type].toFixed(2) })) };
  });
  return table({ className: 'errors', title: 'class', columns: errorTypes, rows });
}

function curveFigures({ evaluation, groundTruth, curves }: ReportContent): Content {
  return groundTruth.classNames.map((name, classId) => {
    return curveChart(name, `AP ${percent(evaluation.classes[name].ap)} %`, curves[classId]);
  });
}
