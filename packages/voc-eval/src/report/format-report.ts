import type { Interval } from '../bootstrap';
import type { ClassCurve } from '../class-curve';
import type { ConfusionMatrix } from '../confusion-matrix';
import { errorTypes } from '../error-types';
import type { ErrorBreakdown } from '../error-breakdown';
import type { CocoEvaluation } from '../evaluate-coco';
import type { Evaluation } from '../evaluation';
import type { GroundTruth } from '../ground-truth';
import { confusionTable, curveChart, errorBar } from './charts';
import { html, type Content, type Markup } from './markup';
import { picture } from './picture';
import { style } from './style';
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
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="faint">${protocol}</p>
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
        <p class="faint">Bold: the falling curve under which AP is taken. Dot: the best F1.</p>
        <div class="curves">${curveFigures(content)}</div>
        <h2>Confusion</h2>
        <p class="faint">Rows: what is there. Columns: what was detected, at each class's best-F1 threshold.</p>
        ${confusionTable(content.confusion)}
        ${
          worst.length === 0
            ? undefined
            : html`<h2>Worst images</h2>
                <p class="faint">Surest false positives and missed objects at the best-F1 thresholds.</p>
                <ul class="key">
                  <li><i style="background:var(--false)"></i>false positive</li>
                  <li><i style="background:var(--missed)"></i>missed (dashed)</li>
                  <li><i style="background:var(--found)"></i>found</li>
                </ul>`
        }
        <div class="pictures">
          ${worst.map((image) => picture(groundTruth.images[image.imageIndex], image, content.imageData(image.imageIndex)))}
        </div>
      </body>
    </html> `;
  return page.text;
}

function summary({ evaluation, groundTruth, detectionCount, intervals, breakdown }: ReportContent): Markup {
  const tiles: [string, string][] = [['mAP', percent(evaluation.mAP)]];
  const between = intervals?.['mAP'];
  if (between !== undefined) tiles.push(['95 % interval', `${percent(between.low)} – ${percent(between.high)}`]);
  if ('AP50' in evaluation) {
    for (const key of ['AP50', 'AP75', 'APs', 'APm', 'APl', 'AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl'] as const) {
      tiles.push([key, percent(evaluation[key])]);
    }
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
  const rows = groundTruth.classNames.map((name, classId): Content => {
    const { ap, groundTruths, detections } = evaluation.classes[name];
    const between = intervals?.[name];
    const { best } = curves[classId];
    const cells: Content = [
      intervals === undefined
        ? undefined
        : html`<td>${between === undefined ? '–' : `${percent(between.low)} – ${percent(between.high)}`}</td>`,
      html`<td>${groundTruths}</td>
        <td>${detections}</td>
        <td>${best === undefined ? '–' : best.f1.toFixed(3)}</td>
        <td>${best === undefined ? '–' : best.score.toPrecision(3)}</td>`,
    ];
    return html`<tr>
      <td class="name" title="${name}">${name}</td>
      <td>${percent(ap)}</td>
      <td class="bar"><i style="width:${Math.max(0, 100 * (ap ?? 0)).toFixed(1)}%"></i></td>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>class</th>
          <th>AP %</th>
          <th></th>
          ${intervals === undefined ? undefined : html`<th>95 %</th>`}
          <th>objects</th>
          <th>detections</th>
          <th>best F1</th>
          <th>at score</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function errorTable({ breakdown }: ReportContent): Markup {
  const rows = Object.entries(breakdown.classes).map(([name, { points }]): Content => {
    const cells = errorTypes.map((type): Content => html`<td>${points[type].toFixed(2)}</td>`);
    return html`<tr>
      <td class="name" title="${name}">${name}</td>
      ${cells}
    </tr>`;
  });
  const head = errorTypes.map((type): Content => html`<th>${type}</th>`);
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>class</th>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function curveFigures({ evaluation, groundTruth, curves }: ReportContent): Content {
  return groundTruth.classNames.map((name, classId) => {
    return curveChart(name, `${percent(evaluation.classes[name].ap)} %`, curves[classId]);
  });
}

function percent(share: number | null): string {
  return share === null || share < 0 ? '–' : (100 * share).toFixed(2);
}
