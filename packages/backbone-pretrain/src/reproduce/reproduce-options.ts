import { trainingFields } from '@featuremine/training';
import { z } from 'zod';
import { SCALES } from './scale';

const TABLE_NUMBERS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;
const FIGURE_NUMBERS = ['2', '4', '5', '6'] as const;

/** All options of `backbone-pretrain reproduce`. */
export const reproduceSchema = z.object({
  table: z
    .array(z.enum([...TABLE_NUMBERS, 'all']))
    .default([])
    .describe('Tables of the paper, 1 to 10, or all'),
  figure: z
    .array(z.enum([...FIGURE_NUMBERS, 'all']))
    .default([])
    .describe('Figures of the paper: 2, 4, 5, 6, or all'),
  rows: z
    .array(z.string().min(1))
    .optional()
    .describe('Only rows of these names, such as resnet56-fm2; what is no name takes all rows that contain it'),
  scale: z
    .enum(SCALES)
    .default('mini')
    .describe("full is the paper's own, mini some minutes a row on two cores, smoke a few steps a row"),
  seeds: z.number().int().min(1).optional().describe("Trainings of each row (4 at full scale, as the paper's; else 1)"),
  data: z
    .string()
    .min(1)
    .default('data')
    .describe("Full scale: the folder of the unpacked archives; else a folder in CIFAR-100's binary layout"),
  voc: z.string().min(1).optional().describe('Table 7: VOCdevkit folder (VOCdevkit in --data at full scale)'),
  vocTrain: z.string().min(1).optional().describe('Table 7: image sets to fine-tune on'),
  vocTest: z.string().min(1).optional().describe('Table 7: image sets to test on'),
  out: z.string().min(1).default('runs/paper').describe('Folder of all trainings and results'),
  recipes: z.string().min(1).optional().describe("Folder of the recipes (the repository's configs/paper)"),
  dryRun: trainingFields.dryRun,
  reportOnly: z.boolean().default(false).describe('Only prints and draws what is finished'),
  precision: trainingFields.precision,
  workers: trainingFields.workers,
  threads: trainingFields.threads,
});
export type ReproduceOptions = z.output<typeof reproduceSchema>;

/** What was chosen: numbers of tables and figures in their order. */
export interface Chosen {
  readonly tables: readonly number[];
  readonly figures: readonly (2 | 4 | 5 | 6)[];
}

/** The numbers behind `--table` and `--figure`. */
export function chosenNumbers({ table, figure }: Pick<ReproduceOptions, 'table' | 'figure'>): Chosen {
  const numbers = (given: readonly string[], all: readonly string[]): number[] =>
    all.filter((number) => given.includes(number) || given.includes('all')).map(Number);
  return { tables: numbers(table, TABLE_NUMBERS), figures: numbers(figure, FIGURE_NUMBERS) as (2 | 4 | 5 | 6)[] };
}
