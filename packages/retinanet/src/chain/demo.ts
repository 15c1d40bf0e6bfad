import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { z } from 'zod';
import { chainSchema } from './chain-options';
import type { ChainOptions } from './chain-options';

/** All options of `npm run demo`. */
export const demoSchema = z.object({
  out: z.string().min(1).default(join('runs', 'demo')).describe('Folder for the data, the runs and report.html'),
  seed: z.number().int().min(0).default(0).describe('Seed of the drawn images'),
  trainImages: z.number().int().min(8).default(320).describe('Images to fine-tune on'),
  testImages: z.number().int().min(1).default(120).describe('Unseen images to evaluate on'),
  pretrainEpochs: z.number().int().min(1).default(4).describe('Epochs of pretraining'),
  epochs: z.number().int().min(1).default(12).describe('Epochs of fine-tuning'),
  precision: z.enum(['float32', 'bfloat16']).default('float32').describe('Precision of the activations'),
  workers: z.number().int().min(0).default(1).describe('Threads that read and augment images'),
});
export type DemoOptions = z.output<typeof demoSchema>;

/** Draws the shapes data set, unless it is there already, and returns the options of the chain on it. */
export async function prepareDemo(options: DemoOptions, log: Logger): Promise<ChainOptions> {
  const voc = join(options.out, 'VOCdevkit');
  const isComplete = existsSync(join(voc, 'VOC2007', 'ImageSets', 'Main', 'test.txt'));
  if (!isComplete) {
    rmSync(voc, { recursive: true, force: true });
    log.info(`drawing ${options.trainImages} + ${options.testImages} images of shapes`);
    await makeShapesDevkit({
      folder: voc,
      seed: options.seed,
      counts: { train: options.trainImages, test: options.testImages },
    });
  }
  return chainSchema.parse({
    classify: 'shapes@128',
    voc,
    train: '2007/train',
    test: '2007/test',
    out: options.out,
    model: 'resnet18',
    featureMining: 2,
    pretrainEpochs: options.pretrainEpochs,
    pretrainBatchSize: 32,
    pretrainLr: 0.05,
    epochs: options.epochs,
    batchSize: 8,
    imageSize: '192',
    precision: options.precision,
    workers: options.workers,
  });
}
