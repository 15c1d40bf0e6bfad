import { dirname, join } from 'node:path';
import type { ChainOptions } from './chain-options';
import { parseClassifySource } from './classify-source';
import type { CommandRun } from '@featuremine/command-line';

/** What the detector starts from. */
export const ARM_NAMES = ['none', 'baseline', 'fm'] as const;
export type ArmName = (typeof ARM_NAMES)[number];

/** One detector to be trained: an arm with one seed. */
export interface Arm {
  readonly name: ArmName;
  readonly seed: number;
  /** Folder of its runs. */
  readonly folder: string;
}

/** What an arm is called in tables. */
export const ARM_TITLES: Record<ArmName, string> = {
  none: 'no backbone',
  baseline: 'baseline backbone',
  fm: 'Feature Mining backbone',
};

/** All arms of a chain, seed by seed, so that an interrupted comparison has complete pairs. */
export function planArms({ compare, seeds, out }: Pick<ChainOptions, 'compare' | 'seeds' | 'out'>): Arm[] {
  const names: readonly ArmName[] = compare ? ARM_NAMES : ['fm'];
  return Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
    names.map((name) => ({ name, seed, folder: join(out, `seed-${seed}`, name) })),
  );
}

/** The run folders of an arm. */
export function backboneFolder(arm: Arm): string {
  return join(arm.folder, 'backbone');
}
export function detectorFolder(arm: Arm): string {
  return join(arm.folder, 'detector');
}

/** The pretraining of an arm as a command; `undefined` for the arm without a backbone. */
export function pretrainCommand(arm: Arm, options: ChainOptions): CommandRun | undefined {
  if (arm.name === 'none') return undefined;
  const source = parseClassifySource(options.classify);
  return {
    bin: binOf('@featuremine/backbone-pretrain', 'backbone-pretrain'),
    argv: [
      'train',
      ...flags({
        dataset: source.kind,
        data: source.folder,
        model: options.model,
        'feature-mining': arm.name === 'fm' ? options.featureMining : 0,
        epochs: options.pretrainEpochs,
        'batch-size': options.pretrainBatchSize,
        'image-size': source.imageSize,
        lr: options.pretrainLr,
        ...common(arm, options),
        out: backboneFolder(arm),
      }),
      ...settings({ optimizer: 'adamw', weightDecay: 0.05, schedule: 'one-cycle', ...options.pretrain }),
    ],
  };
}

/** The fine-tuning of an arm as a command. */
export function detectorCommand(arm: Arm, options: ChainOptions): CommandRun {
  return {
    bin: join(__dirname, '..', '..', 'bin', 'retinanet.js'),
    argv: [
      'train',
      ...flags({
        voc: options.voc,
        train: options.train,
        classes: options.classes?.join(','),
        'on-bad-box': options.onBadBox,
        backbone: arm.name === 'none' ? 'none' : join(backboneFolder(arm), 'weights.safetensors'),
        model: options.model,
        'image-size': options.imageSize,
        'min-size': options.minSize === undefined ? undefined : [options.minSize].flat().join(','),
        'max-size': options.maxSize,
        epochs: options.epochs,
        'batch-size': options.batchSize,
        lr: options.lr,
        ...common(arm, options),
        out: detectorFolder(arm),
      }),
      ...settings({
        optimizer: 'adamw',
        schedule: 'one-cycle',
        clipNorm: 1,
        batchNorm: 'trainable',
        trainableStages: 5,
        ...options.detector,
      }),
    ],
  };
}

function common(arm: Arm, { precision, workers }: ChainOptions): Record<string, string | number> {
  return { precision, workers, seed: arm.seed };
}

function flags(values: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
}

function settings(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
}

function binOf(packageName: string, name: string): string {
  return join(dirname(require.resolve(`${packageName}/package.json`)), 'bin', `${name}.js`);
}
