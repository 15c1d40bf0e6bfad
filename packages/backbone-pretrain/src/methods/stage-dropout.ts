import { Random } from '@featuremine/random';
import { dropout, maxPool2d, rawOp, tf, type } from '@featuremine/tensor-graph';
import type { Network } from '../network';
import type { TrainingMethod } from './training-method';

/** Names that `--dropout` takes, apart from `none`. */
export const DROPOUT_KINDS = ['dropout', 'spatial', 'block'] as const;
/** A kind of dropout on the maps of stages, by its name. */
export type DropoutKind = (typeof DROPOUT_KINDS)[number];

/** Rates that were chosen where the paper is silent. */
export const DROPOUT_RATES: Readonly<Record<DropoutKind, number>> = { dropout: 0.3, spatial: 0.1, block: 0.1 };

/**
 * Dropout (single values) or SpatialDropout (whole channels of an image) behind the penultimate stage, or DropBlock
 * (squares, the same in all channels) behind the first two. What is dropped is zero, the rest is scaled up.
 *
 * Its inputs are a seed for each stage that drops, int32 [2]. Source: for the places, Xie et al., Feature Mining,
 * section 4.1.
 */
export function stageDropout(network: Network, kind: DropoutKind, rate: number): TrainingMethod {
  const stages = kind === 'block' ? [0, 1] : [network.stages.length - 2];
  const drop = { dropout: elementDropout, spatial: spatialDropout, block: dropBlock }[kind];
  return {
    draw: ({ seed, stepNumber, rank = 0 }) =>
      Object.fromEntries(
        stages.map((index) => {
          const ofRank = rank === 0 ? [] : [rank];
          const random = Random.of(seed, 'dropout', network.stages[index].name, stepNumber, ...ofRank);
          const data = Int32Array.of(random.uint32() | 0, random.uint32() | 0);
          return [inputName(index), { dtype: 'int32', shape: [2], data }];
        }),
      ),
    hook: (inputs) => (map, index) => (stages.includes(index) ? drop(map, inputs[inputName(index)], rate) : map),
  };
}

function inputName(index: number): string {
  return `dropout.${index}`;
}

function elementDropout(map: tf.Tensor, seed: tf.Tensor, rate: number): tf.Tensor {
  return dropout(map, seed, { rate });
}

function spatialDropout(map: tf.Tensor, seed: tf.Tensor, rate: number): tf.Tensor {
  const [count, , , channels] = map.shape as [number, number, number, number];
  return tf.mul(map, dropout(tf.ones([count, 1, 1, channels]), seed, { rate }));
}

// Squares of 7 cells on a map of 32, and as much smaller as the map is (odd, at least 1). Their centres are drawn so
// often that `rate` of the map is dropped. Source: Ghiasi et al., DropBlock, 2018; timm's `drop_block_2d`.
function dropBlock(map: tf.Tensor, seed: tf.Tensor, rate: number): tf.Tensor {
  const [count, height, width] = map.shape as [number, number, number, number];
  const side = Math.min(height, width);
  const size = 2 * Math.round(((7 * side) / 32 - 1) / 2) + 1;
  const block = Math.max(1, Math.min(size, side % 2 === 1 ? side : side - 1));
  const density = (rate * height * width) / (block ** 2 * (height - block + 1) * (width - block + 1));
  const shape = tf.tensor1d([count, height, width, 1], 'int32');
  const attributes = { dtype: type('float32'), T: type('int32'), Tseed: type('int32') };
  const draws = rawOp('StatelessRandomUniform', [shape, seed], attributes);
  const centres = tf.cast(tf.less(draws, density), 'float32');
  const dropped = maxPool2d(centres, { size: block, stride: 1, padding: (block - 1) / 2 });
  const kept = tf.sub(1, dropped);
  return tf.mul(map, tf.mul(kept, tf.div(count * height * width, tf.maximum(tf.sum(kept), 1))));
}
