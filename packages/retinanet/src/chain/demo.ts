import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { claimFolder } from '@featuremine/training';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { z } from 'zod';
import { chainSchema } from './chain-options';
import type { ChainOptions } from './chain-options';

// Three shapes that a small network tells apart after a few hundred steps.
const SHAPES = ['cross', 'ring', 'triangle'];

/** All options of `npm run demo`. */
export const demoSchema = z.object({
  out: z.string().min(1).default(join('runs', 'demo')).describe('Folder for the data, the runs and report.html'),
  seed: z.number().int().min(0).default(0).describe('Seed of the drawn images'),
  trainImages: z.number().int().min(8).default(320).describe('Images to fine-tune on'),
  testImages: z.number().int().min(1).default(120).describe('Unseen images to evaluate on'),
  pretrainImages: z.number().int().min(16).default(1200).describe('Images to pretrain on'),
  pretrainEpochs: z.number().int().min(1).default(3).describe('Epochs of pretraining'),
  epochs: z.number().int().min(1).default(8).describe('Epochs of fine-tuning'),
  precision: z
    .enum(['auto', 'float32', 'bfloat16'])
    .default('auto')
    .describe('Precision of the activations; auto is bfloat16 where the processor has it'),
  dryRun: chainSchema.shape.dryRun,
  workers: chainSchema.shape.workers.default(1),
});
export type DemoOptions = z.output<typeof demoSchema>;

/**
 * Draws the shapes data set, unless it is there already, and returns the options of the chain on it.
 *
 * @throws ConfigError when the folder holds images that were drawn by other options.
 */
export async function prepareDemo(options: DemoOptions, log: Logger): Promise<ChainOptions> {
  const voc = join(options.out, 'VOCdevkit');
  const isComplete = existsSync(join(voc, 'VOC2007', 'ImageSets', 'Main', 'test.txt'));
  const { seed, trainImages, testImages } = options;
  claimFolder(options.out, {
    file: 'drawing.json',
    options: { seed, trainImages, testImages },
    what: 'drawn images',
    fix: 'Give --out another folder, or the same options as before',
  });
  if (!isComplete) {
    rmSync(voc, { recursive: true, force: true });
    log.info(`drawing ${trainImages} + ${testImages} images of shapes`);
    await makeShapesDevkit({
      folder: voc,
      seed,
      classNames: SHAPES,
      counts: { train: trainImages, test: testImages },
    });
  }
  return chainSchema.parse({
    classify: 'shapes@128',
    voc,
    train: '2007/train',
    test: '2007/test',
    out: options.out,
    pretrainEpochs: options.pretrainEpochs,
    pretrainBatchSize: 16,
    pretrainLr: 0.0005,
    pretrain: {
      'shapes.train': options.pretrainImages,
      'shapes.test': 200,
      'shapes.classes': SHAPES.join(','),
    },
    epochs: options.epochs,
    imageSize: '128',
    detector: { detector: 'v2' },
    precision: options.precision === 'auto' ? fastPrecision() : options.precision,
    workers: options.workers,
  });
}

// Without the processor's own instructions bfloat16 is emulated, and slower than float32.
function fastPrecision(): 'float32' | 'bfloat16' {
  const cpuInfo = '/proc/cpuinfo';
  const hasInstructions = existsSync(cpuInfo) && /avx512_bf16|amx_bf16/.test(readFileSync(cpuInfo, 'utf8'));
  return hasInstructions ? 'bfloat16' : 'float32';
}
