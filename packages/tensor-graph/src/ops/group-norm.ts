import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { ShapeError } from '@featuremine/errors';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/** Options of `groupNorm`. */
export interface GroupNormOptions {
  /** The number of groups of neighbouring channels; C is a multiple of it. */
  readonly groups: number;
  /** Added to the variance, 1e-5 by default. */
  readonly epsilon?: number;
}

/**
 * Group normalisation of x [N, H, W, C], PyTorch's definition: each image's group of C / groups channels is normalised by
 * its own mean and biased variance, then scaled and shifted by scale and offset [C]. Float32 in a bfloat16 model too.
 *
 * Sums and means over positions are taken per channel, [N, 1, 1, C], and only those small tensors are summed into
 * groups, so the large one is never reshaped; forward, no constant depends on the size of the map.
 * Source: Wu and He, Group Normalization, 2018; the gradient is derived in the code.
 *
 * @throws ShapeError when C is no multiple of the number of groups
 */
export function groupNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  { groups, epsilon = 1e-5 }: GroupNormOptions,
): Tensor {
  const [n, height, width, channels] = x.shape;
  if (channels % groups !== 0) {
    throw new ShapeError({
      where: 'groupNorm',
      found: `${channels} channels in ${groups} groups`,
      expected: 'a multiple',
      fix: 'Choose a number of groups that divides the channels',
    });
  }
  const count = (height * width * channels) / groups;
  /** Of values [N, 1, 1, C]: the sum of each group over `divisor`, repeated for each channel of the group. */
  const groupMean = (values: Tensor, divisor: number): Tensor => {
    const means = tf.mul(tf.sum(tf.reshape(values, [n, groups, channels / groups]), 2, true), 1 / divisor);
    return tf.reshape(tf.tile(means, [1, 1, channels / groups]), [n, 1, 1, channels]);
  };
  return differentiableOne({
    inputs: [x, scale, offset],
    isFloat32: true,
    forward: (save) => {
      const mean = groupMean(positionMeans(x), channels / groups);
      const centred = tf.sub(x, mean);
      const variance = groupMean(positionMeans(tf.square(centred)), channels / groups);
      const inverse = tf.rsqrt(tf.add(variance, epsilon)); // [N, 1, 1, C]
      save([x, scale, mean, inverse]);
      return tf.add(tf.mul(centred, tf.mul(inverse, scale)), offset);
    },
    backward: ([dy], [savedX, savedScale, mean, inverse]) => {
      // With d = x − mean, r = 1/σ and g = dy·scale:  dx = r·g − r·mean(g) − d·r³·mean(g·d), means over the group.
      const centred = tf.sub(savedX, mean);
      const dySums = positionSums(dy);
      const products = positionSums(tf.mul(dy, centred));
      return [
        () => {
          const linear = tf.mul(inverse, groupMean(tf.mul(dySums, savedScale), count));
          const cubed = tf.mul(inverse, tf.square(inverse));
          const quadratic = tf.mul(cubed, groupMean(tf.mul(products, savedScale), count));
          const direct = tf.mul(dy, tf.mul(inverse, savedScale));
          return tf.sub(tf.sub(direct, linear), tf.mul(centred, quadratic));
        },
        () => tf.sum(tf.mul(products, inverse), [0, 1, 2]),
        () => tf.sum(dySums, [0, 1, 2]),
      ];
    },
  });
}

/** [N, H, W, C] → [N, 1, 1, C] */
const positionSums = (x: Tensor): Tensor => tf.sum(x, [1, 2], true);
const positionMeans = (x: Tensor): Tensor => tf.mean(x, [1, 2], true);
