import { z } from 'zod';
import { BACKBONES } from '../architecture';
import { badBoxField, sizeFields } from '../train-options';

/** All options of `npm run chain`. */
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
  pretrainBatchSize: z.number().int().min(1).default(64).describe('Images per step of pretraining'),
  pretrainLr: z.number().positive().default(0.05).describe('Learning rate of pretraining'),
  pretrainConfig: z.string().optional().describe('Further options of backbone-pretrain train, as its --config file'),
  epochs: z.number().int().min(1).default(24).describe('Epochs of fine-tuning'),
  batchSize: z.number().int().min(1).default(8).describe('Images per step of fine-tuning'),
  lr: z.number().positive().optional().describe('Learning rate of fine-tuning (0.01 for 16 images a step)'),
  ...sizeFields,
  detectorConfig: z.string().optional().describe('Further options of retinanet train, as its --config file'),
  precision: z.enum(['float32', 'bfloat16']).default('float32').describe('Precision of the activations'),
  workers: z.number().int().min(0).default(2).describe('Threads that read and augment images'),
});

/** The resolved options of `npm run chain`. */
export type ChainOptions = z.output<typeof chainSchema>;
