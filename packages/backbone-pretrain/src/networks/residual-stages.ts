import { sequence, type Layer } from '../layers';
import type { Stage } from '../network';
import { STEM_HALVINGS, type StemSize } from '../stem';

/** Shape of a residual block: what it takes and gives, and the stride of its first 3x3 convolution. */
export interface BlockShape {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: 1 | 2;
}

/** What the stages of a CIFAR network are made of. */
export interface ResidualStagesOptions {
  /** Names of the stages, first to last. */
  readonly names: readonly string[];
  /** What stands between a stage's name and a block's number; default `.`. */
  readonly separator?: string;
  readonly blocksPerStage: number;
  readonly stem: StemSize;
  /** Output channels of a block, by the numbers of its stage and of itself there, from 0. */
  readonly channels: (stage: number, block: number) => number;
  readonly block: (name: string, shape: BlockShape) => Layer;
  /** Layers that follow the last block, for its number of channels; none by default. */
  readonly ending?: (channels: number) => readonly Layer[];
}

/** Channels that the stems of the CIFAR networks give. */
export const STEM_CHANNELS = 16;

/** Stages of equally many residual blocks; the first block of each but the first stage halves the map. */
export function residualStages(options: ResidualStagesOptions): Stage[] {
  const { names, separator = '.', blocksPerStage, stem, channels, block, ending } = options;
  let inChannels = STEM_CHANNELS;
  return names.map((name, stage) => {
    const layers = Array.from({ length: blocksPerStage }, (_, number) => {
      const outChannels = channels(stage, number);
      const stride = number === 0 && stage > 0 ? 2 : 1;
      const layer = block(`${name}${separator}${number}`, { inChannels, outChannels, stride });
      inChannels = outChannels;
      return layer;
    });
    if (stage === names.length - 1 && ending !== undefined) layers.push(...ending(inChannels));
    return { name, layer: sequence(layers), channels: inChannels, halvings: STEM_HALVINGS[stem] + stage };
  });
}
