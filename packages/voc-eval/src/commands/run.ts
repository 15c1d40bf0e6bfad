import { defineCommand, type Command } from '@featuremine/command-line';
import { writeFileAtomic } from '@featuremine/files';
import { z } from 'zod';
import { bootstrap, interval, type Interval } from '../bootstrap';
import { classCurves } from '../class-curve';
import { confusionMatrix } from '../confusion-matrix';
import { errorBreakdown } from '../error-breakdown';
import { evaluateCoco } from '../evaluate-coco';
import { evaluateVoc } from '../evaluate-voc';
import { evaluationCsv } from '../evaluation-csv';
import { formatBreakdown, formatEvaluation } from '../format-evaluation';
import { loadDetections, loadGroundTruth } from '../inputs/load-evaluation';
import { judge, type JudgeOptions, type Judgement } from '../judge';
import { formatReport } from '../report/format-report';
import { imageDataUri } from '../report/image-data';
import { worstImages } from '../report/worst-images';
import {
  describeProtocol,
  groundTruthFlags,
  judgeOptionsOf,
  protocolFlags,
  protocolJson,
  seedFlag,
} from './evaluation-options';

const schema = z.object({
  ...groundTruthFlags,
  detections: z
    .string()
    .describe('Folder of devkit files comp[34]_det_*_<class>.txt, one such file, COCO results or predict JSON'),
  ...protocolFlags,
  bootstrap: z.int().min(0).default(0).describe('Resamples of the images for 95 % intervals; 0: none'),
  ...seedFlag,
  errors: z.boolean().default(false).describe('What each type of error costs in AP points, after TIDE'),
  curves: z.boolean().default(false).describe('Precision-recall curves and best-F1 thresholds, in the JSON'),
  confusion: z.boolean().default(false).describe('Confusion matrix at the best-F1 thresholds, in the JSON'),
  csv: z.string().optional().describe('File to write the class table to, as CSV'),
  report: z.string().optional().describe('File to write a report to, one HTML page'),
  reportImages: z.int().min(0).default(12).describe('Number of worst images in the report'),
  images: z.string().optional().describe("Folder of the images for the report; the devkit's JPEGImages by default"),
});
type Options = z.output<typeof schema>;

/** `voc-eval run`: detections in, average precision out. */
export const runCommand: Command = defineCommand({
  name: 'run',
  summary: 'Average precision of detections, per class and mean, and what they get wrong',
  examples: [
    'voc-eval run --voc VOCdevkit --set 2007/test --detections results/VOC2007/Main --protocol voc07',
    'voc-eval run --ground-truth instances.json --detections results.json --protocol coco --json',
    'voc-eval run --voc VOCdevkit --set 2007/test --detections results --errors --bootstrap 1000 --report report.html',
  ],
  schema,
  run(options, context) {
    const judging = judgeOptionsOf(options);
    const groundTruth = loadGroundTruth(options, context.log);
    const detections = loadDetections({ path: options.detections, groundTruth, set: options.set, log: context.log });
    const judged = { ...judging, groundTruth, detections };
    const evaluation = evaluate(judged);
    const extras = analyse(options, judged);
    const { protocol, iou, ...numbers } = evaluation;
    context.output({ protocol, iou, ...protocolJson(options), ...numbers, ...extras.json });
    context.print(formatEvaluation(evaluation, describeProtocol(judging), extras.intervals));
    if (extras.breakdown !== undefined && options.errors) context.print(`\n${formatBreakdown(extras.breakdown)}`);
    if (options.csv !== undefined) {
      const { intervals } = extras;
      const columns = {
        low: (name: string) => intervals?.[name]?.low,
        high: (name: string) => intervals?.[name]?.high,
      };
      writeFileAtomic(options.csv, evaluationCsv(evaluation, intervals === undefined ? {} : columns));
    }
    if (options.report === undefined) return;
    const judgement = extras.judgement!;
    writeFileAtomic(
      options.report,
      formatReport({
        title: options.detections,
        protocol: describeProtocol(judging),
        evaluation,
        groundTruth,
        detectionCount: detections.score.length,
        curves: extras.curves!,
        breakdown: extras.breakdown!,
        confusion: extras.confusion!,
        ...(extras.intervals === undefined ? {} : { intervals: extras.intervals }),
        worst: worstImages(judgement, extras.curves!, options.reportImages),
        imageData: (index) => imageDataUri(groundTruth.images[index], options.images),
      }),
    );
    context.print(`\nreport: ${options.report}`);
  },
});

function evaluate(judged: JudgeOptions): ReturnType<typeof evaluateVoc> {
  const { groundTruth, detections, protocol, difficult = 'ignore', iouThresholds, isPixelInclusive } = judged;
  if (protocol === 'coco') return evaluateCoco({ groundTruth, detections, difficult });
  return evaluateVoc({
    groundTruth,
    detections,
    protocol,
    ...(iouThresholds === undefined ? {} : { iouThresholds }),
    ...(isPixelInclusive === undefined ? {} : { isPixelInclusive }),
    ignoresDifficult: difficult !== 'ordinary',
  });
}

/** What was asked for beyond the numbers, made once for JSON, text and report. */
interface Extras {
  readonly judgement?: Judgement;
  readonly intervals?: Readonly<Record<string, Interval | undefined>>;
  readonly breakdown?: ReturnType<typeof errorBreakdown>;
  readonly curves?: ReturnType<typeof classCurves>;
  readonly confusion?: ReturnType<typeof confusionMatrix>;
  readonly json: object;
}

function analyse(options: Options, judged: JudgeOptions): Extras {
  const isReport = options.report !== undefined;
  const isJudged = isReport || options.curves || options.confusion || options.bootstrap > 0;
  if (!isJudged && !options.errors) return { json: {} };
  const { groundTruth, detections } = judged;
  const { classNames } = groundTruth;
  const byName = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(classNames.map((name, k) => [name, values[k]]));
  const difficult = judged.difficult === 'ordinary' ? 'ordinary' : 'ignore';
  const iou = judged.iouThresholds?.[0] ?? 0.5;
  const breakdown =
    options.errors || isReport ? errorBreakdown({ groundTruth, detections, difficult, iou }) : undefined;
  const errors = options.errors && breakdown !== undefined ? { errors: breakdown } : {};
  if (!isJudged) return { ...(breakdown === undefined ? {} : { breakdown }), json: errors };

  const judgement = judge(judged);
  const curves = classCurves(judgement);
  const scoreThresholds = curves.map(({ best }) => best?.score ?? Infinity);
  const confusion = confusionMatrix({
    groundTruth,
    detections,
    scoreThresholds,
    iou,
    ignoresDifficult: difficult === 'ignore',
  });
  let intervals: Record<string, Interval | undefined> | undefined;
  if (options.bootstrap > 0) {
    const resamples = bootstrap(judgement, { resamples: options.bootstrap, seed: options.seed });
    intervals = { ...byName(resamples.classes.map(interval)), mAP: interval(resamples.mAP) };
  }
  return {
    judgement,
    curves,
    confusion,
    ...(breakdown === undefined ? {} : { breakdown }),
    ...(intervals === undefined ? {} : { intervals }),
    json: {
      ...errors,
      ...(intervals === undefined
        ? {}
        : { bootstrap: { resamples: options.bootstrap, seed: options.seed, confidence: 0.95, intervals } }),
      ...(options.curves ? { curves: byName(curves.map(curveJson)) } : {}),
      ...(options.confusion ? { confusion: confusionJson(confusion, scoreThresholds) } : {}),
    },
  };
}

function curveJson({ recall, precision, score, best }: ReturnType<typeof classCurves>[number]): object {
  return { recall: [...recall], precision: [...precision], score: [...score], best: best ?? null };
}

function confusionJson(
  { classNames, counts }: ReturnType<typeof confusionMatrix>,
  thresholds: readonly number[],
): object {
  const size = classNames.length + 1;
  return {
    classNames: [...classNames, 'background'],
    scoreThresholds: thresholds.map((threshold) => (Number.isFinite(threshold) ? threshold : null)),
    counts: Array.from({ length: size }, (_, row) => [...counts.subarray(row * size, (row + 1) * size)]),
  };
}
