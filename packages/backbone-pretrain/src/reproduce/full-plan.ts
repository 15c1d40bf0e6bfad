import { existsSync } from 'node:fs';
import { formatDuration, formatTable } from '@featuremine/command-line';
import { openTestData, openTrainingData } from '../classification-data';
import { trainSchema } from '../training-options';
import type { PaperTable } from './paper-row';
import type { RecipeOptions } from './recipe-file';
import type { RowPlan, Scale } from './scale';
import type { StepSpeeds } from './step-speed';
import { estimateSeconds } from './time-estimate';

/** A row of a dry run. */
export interface PlannedRow {
  readonly plan: RowPlan;
  /** Measured steps, images/s. */
  readonly imagesPerSecond: number;
  /** Of all seeds. */
  readonly seconds: number;
}

/** Measures a step of each row and estimates its time. */
export async function planTable(
  plans: readonly RowPlan[],
  { scale, seeds, speeds }: { readonly scale: Scale; readonly seeds: number; readonly speeds: StepSpeeds },
): Promise<PlannedRow[]> {
  const planned: PlannedRow[] = [];
  for (const plan of plans) {
    const size = scale === 'full' ? paperSize(plan) : sizeOf(plan.options);
    const imagesPerSecond = await speeds.of(plan.options, size.numClasses);
    const { epochs, evaluateEvery, batchSize, samplesPerClass } = trainSchema.parse({ ...plan.options, out: 'none' });
    const length = { ...size, epochs, evaluateEvery, batchSize, samplesPerClass };
    planned.push({ plan, imagesPerSecond, seconds: seeds * estimateSeconds(length, imagesPerSecond) });
  }
  return planned;
}

/** The dry run of a table: what each row trains, on what, and for how long on this machine. */
export function planText(table: PaperTable, rows: readonly PlannedRow[]): string {
  const lines = rows.map(({ plan, imagesPerSecond, seconds }) => [
    plan.row.title,
    settings(plan.options),
    imagesPerSecond.toPrecision(3),
    formatDuration(1000 * seconds),
  ]);
  const columns = [
    { title: table.title },
    { title: 'settings' },
    { title: 'images/s', align: 'right' as const },
    { title: 'time', align: 'right' as const },
  ];
  return formatTable({ columns, rows: lines });
}

/** What must lie in the data folder for these rows, once for each data set. */
export function layoutText(plans: readonly RowPlan[]): string {
  const seen = new Map(
    plans.map(({ paperData, options }) => [paperData.folder, { paperData, path: String(options['data']) }]),
  );
  return [...seen.values()]
    .map(({ paperData: { title, archives, layout }, path }) => {
      const state = existsSync(path) ? 'there is such a folder' : 'missing';
      return [`${title}: ${path}/ (${state}; ${archives})`, ...layout.map((line) => `    ${line}`)].join('\n');
    })
    .join('\n');
}

/** The same for table 7's devkit. */
export function devkitLayoutText(path: string): string {
  const state = existsSync(path) ? 'there is such a folder' : 'missing';
  return [
    `VOC 2007 and 2012: ${path}/ (${state}; VOCtrainval_06-Nov-2007.tar, VOCtest_06-Nov-2007.tar and`,
    '    VOCtrainval_11-May-2012.tar, unpacked into the folder that holds it)',
    '    VOC2007/Annotations, VOC2007/JPEGImages, VOC2007/ImageSets/Main/trainval.txt (5,011 images) and test.txt (4,952)',
    '    VOC2012/Annotations, VOC2012/JPEGImages, VOC2012/ImageSets/Main/trainval.txt (11,540)',
  ].join('\n');
}

const SHOWN = ['epochs', 'batchSize', 'lr', 'decayEpochs', 'weightDecay', 'imageSize', 'samplesPerClass'] as const;
const HIDDEN: readonly string[] = [
  ...SHOWN,
  ...['dataset', 'data', 'model', 'schedule', 'decayFactor', 'optimizer', 'momentum', 'workers', 'threads'],
];

// The paper's settings first, then what makes the row.
function settings(options: RecipeOptions): string {
  const text = (key: string): string => {
    const value = options[key];
    return `${key} ${Array.isArray(value) ? value.join('+') : String(value)}`;
  };
  const keys = [
    ...SHOWN.filter((key) => options[key] !== undefined),
    ...Object.keys(options).filter((key) => !HIDDEN.includes(key)),
  ];
  return keys.map(text).join(', ');
}

function paperSize({ paperData: { train, test, classes } }: RowPlan): DataSize {
  return { trainImages: train, testImages: test, numClasses: classes };
}

function sizeOf(options: RecipeOptions): DataSize {
  const parsed = trainSchema.parse({ ...options, out: 'none' });
  const { dataset } = openTrainingData(parsed);
  const { dataset: test } = openTestData(parsed);
  return { trainImages: dataset.count, testImages: test.count, numClasses: dataset.classNames.length };
}

interface DataSize {
  readonly trainImages: number;
  readonly testImages: number;
  readonly numClasses: number;
}
