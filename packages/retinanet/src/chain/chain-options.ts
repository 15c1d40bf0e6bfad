import { z } from 'zod';
import { BACKBONES } from '../architecture';
import { badBoxField, sizeFields, trainSchema } from '../train-options';

const furtherOptions = z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({});

/**
 * All options of `npm run chain`. The recipe is one for small data: AdamW with one rise and fall of the rate, and, so
 * that arms differ in their start alone, the whole network learns in each.
 */
export const chainSchema = z.object({
  classify: z.string().describe('What the backbone is pretrained on: DATASET:DIR@SIZE, such as cifar100:data/c100@128'),
  voc: z.string().describe('VOCdevkit folder'),
  train: z.string().describe('Image sets to fine-tune on'),
  test: z.string().describe('Image sets to evaluate on'),
  classes: z.array(z.string().min(1)).optional().describe('Class names; by default VOC’s 20, or the names found'),
  onBadBox: badBoxField,
  out: z.string().min(1).describe('Folder for all runs, results.json and report.html'),
  compare: z
    .boolean()
    .default(false)
    .describe('Three arms: no backbone, a backbone without and one with Feature Mining (without the flag: the last)'),
  seeds: z.number().int().min(1).default(1).describe('Repetitions of each arm, with seeds 0, 1, …'),
  model: z.enum(BACKBONES).default('resnet18').describe('Backbone'),
  featureMining: z.number().int().min(1).max(3).default(2).describe('Stages that Feature Mining works on'),
  pretrainEpochs: z.number().int().min(1).default(30).describe('Epochs of pretraining'),
  pretrainBatchSize: z.number().int().min(1).default(32).describe('Images per step of pretraining'),
  pretrainLr: z.number().positive().default(0.001).describe('Highest learning rate of pretraining'),
  pretrain: furtherOptions.describe(
    'Further options of backbone-pretrain train by key: --set pretrain.weightDecay=0.1',
  ),
  epochs: z.number().int().min(1).default(24).describe('Epochs of fine-tuning'),
  batchSize: z.number().int().min(1).default(8).describe('Images per step of fine-tuning'),
  lr: z.number().positive().default(0.0005).describe('Highest learning rate of fine-tuning'),
  ...sizeFields,
  detector: furtherOptions.describe('Further options of retinanet train by key: --set detector.batchNorm=frozen'),
  precision: trainSchema.shape.precision,
  dryRun: trainSchema.shape.dryRun,
  workers: trainSchema.shape.workers,
});

/** The resolved options of `npm run chain`. */
export type ChainOptions = z.output<typeof chainSchema>;
