import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { PAPER_DATA, type PaperData } from './paper-data';
import type { PaperRow } from './paper-row';
import { readRecipe, type RecipeOptions } from './recipe-file';

/** `full` is the paper's; `mini` is minutes a row on two cores; `smoke` a few steps, to see that all parts work. */
export const SCALES = ['full', 'mini', 'smoke'] as const;
export type Scale = (typeof SCALES)[number];

/** Where rows come from and what all of them share. */
export interface ScaleOptions {
  readonly scale: Scale;
  /** At full scale the folder of the unpacked archives; else a folder in CIFAR-100's binary layout. */
  readonly data: string;
  readonly recipes: string;
  /** Options that every row gets, such as precision, workers and threads. */
  readonly common: RecipeOptions;
}

/** What a row trains at a scale. */
export interface RowPlan {
  readonly row: PaperRow;
  /** Name of its folder; rows of several tables that are the same training share it. */
  readonly name: string;
  /** For `backbone-pretrain train`, without seed and run folder. */
  readonly options: RecipeOptions;
  /** What is smaller than in the paper, in words; empty at full scale. */
  readonly scaledDown: readonly string[];
  /** Whether its score says nothing: too few steps. */
  readonly isWiringOnly: boolean;
  /** The paper's data set. */
  readonly paperData: PaperData;
}

// At a rate of 0.1 it has not begun to learn after 250 steps. Its authors warm it up too (He et al., 2016, section 4.2).
const RESNET110_START: RecipeOptions = { warmupSteps: 150 };

/** What a row at mini scale has instead of the paper's length, by network; BYOT and CS-KD take longer for an epoch. */
const MINI: Readonly<Record<string, { readonly length: RecipeOptions; readonly distilled: RecipeOptions }>> = {
  resnet56: { length: { epochs: 30 }, distilled: { epochs: 30 } },
  resnet110: { length: { epochs: 16, ...RESNET110_START }, distilled: { epochs: 12, ...RESNET110_START } },
  resnet50: { length: { epochs: 3, batchSize: 32 }, distilled: { epochs: 2, batchSize: 32 } },
};

// 100 steps of 32 images on the 100 classes of the stand-in.
const WIRING: RecipeOptions = { epochs: 1, batchSize: 32, samplesPerClass: 32 };
const SMOKE: RecipeOptions = { epochs: 1, batchSize: 32, samplesPerClass: 1 };

/** The plan of a row; throws ConfigError for a recipe that is missing or wrong. */
export function planRow(row: PaperRow, { scale, data, recipes, common }: ScaleOptions): RowPlan {
  const recipe = { ...readRecipe(row.recipe, recipes), ...row.changes };
  const paperData = paperDataOf(row.recipe, recipe);
  const name = [row.recipe, ...Object.entries(row.changes ?? {}).map(([key, value]) => `${key}-${String(value)}`)].join(
    '-',
  );
  if (scale === 'full') {
    const options = { ...recipe, data: join(data, paperData.folder), ...common };
    return { row, name, options, scaledDown: [], isWiringOnly: false, paperData };
  }
  const length = scale === 'smoke' ? SMOKE : miniLength(recipe);
  const smaller = { ...shortened(recipe, length), ...stemFor(recipe, paperData) };
  const options = {
    ...recipe,
    ...smaller,
    dataset: 'cifar100',
    data,
    imageSize: paperData.miniImageSize,
    ...row.changes,
    ...common,
  };
  return {
    ...{ row, name, options, paperData },
    isWiringOnly: length === WIRING || length === SMOKE,
    scaledDown: describe(recipe, options, paperData),
  };
}

function paperDataOf(where: string, recipe: RecipeOptions): PaperData {
  const dataset = String(recipe['dataset']);
  if (Object.hasOwn(PAPER_DATA, dataset)) return PAPER_DATA[dataset];
  const expected = Object.keys(PAPER_DATA).join(', ');
  throw new ConfigError({ where: `recipe ${where}`, found: `dataset ${dataset}`, expected, fix: 'Use one of these' });
}

function miniLength({ model, byot, csKd }: RecipeOptions): RecipeOptions {
  const mini = MINI[String(model)];
  if (mini === undefined) return WIRING;
  return byot === true || Number(csKd ?? 0) > 0 ? mini.distilled : mini.length;
}

// Decays keep their part of the run; the learning rate keeps its proportion to the batch where that is smaller.
function shortened(recipe: RecipeOptions, length: RecipeOptions): RecipeOptions {
  const { epochs, batchSize, lr, decayEpochs } = recipe as {
    epochs: number;
    batchSize: number;
    lr: number;
    decayEpochs: readonly number[];
  };
  const part = Number(length['epochs']) / epochs;
  const batch = Math.min(batchSize, Number(length['batchSize'] ?? batchSize));
  return {
    ...length,
    batchSize: batch,
    lr: (lr * batch) / batchSize,
    decayEpochs: decayEpochs.map((epoch) => Math.round(1000 * epoch * part) / 1000),
  };
}

// ResNet-110 at 64 px takes four times as long with the paper's first layer.
function stemFor({ stem }: RecipeOptions, { miniImageSize }: PaperData): RecipeOptions {
  return stem === 32 && miniImageSize === 64 ? { stem: 64 } : {};
}

function describe(recipe: RecipeOptions, options: RecipeOptions, { title }: PaperData): string[] {
  const parts = [`the images given as --data at ${numberOf(options, 'imageSize')} px for ${title}`];
  if (options['epochs'] !== recipe['epochs']) {
    parts.push(`${numberOf(options, 'epochs')} of ${numberOf(recipe, 'epochs')} epochs`);
  }
  if (options['batchSize'] !== recipe['batchSize']) {
    parts.push(
      `batches of ${numberOf(options, 'batchSize')} for ${numberOf(recipe, 'batchSize')}, learning rate alike`,
    );
  }
  if (options['warmupSteps'] !== recipe['warmupSteps']) {
    parts.push(`a rate that rises in the first ${numberOf(options, 'warmupSteps')} steps`);
  }
  if (options['samplesPerClass'] !== recipe['samplesPerClass']) {
    parts.push(`images of each class: ${numberOf(options, 'samplesPerClass')}`);
  }
  if (options['stem'] !== recipe['stem']) parts.push('a first layer with stride 2');
  if (options['precision'] === 'bfloat16') parts.push('bfloat16');
  return parts;
}

function numberOf(options: RecipeOptions, key: string): number {
  return Number(options[key]);
}
