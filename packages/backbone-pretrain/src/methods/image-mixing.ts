import { Random } from '@featuremine/random';
import { int, rawOp, softmaxCrossEntropy, tf, type, type HostTensor } from '@featuremine/tensor-graph';
import type { StepInputs, TrainingMethod } from './training-method';

/** What one step mixes. */
export interface Mixture {
  /** Part of an image's own label in its loss, 0…1; the rest is the other image's. */
  readonly lambda: number;
  /** Part of the own image at each pixel: a scalar, or [1, S, S, 1]; the same shape in each step. */
  readonly weights: HostTensor;
}

/** A way of mixing images. */
export interface MixingOptions {
  readonly labelSmoothing: number;
  readonly draw: (random: Random) => Mixture;
}

/**
 * Mixes each image with another one of the batch, w · image + (1 − w) · other, and takes for every cross-entropy the
 * mixture of those with both labels. Weights and the order of the others are drawn once for a batch.
 */
export function imageMixing({ labelSmoothing, draw }: MixingOptions): TrainingMethod {
  return {
    draw({ seed, stepNumber, labels }) {
      const random = Random.of(seed, 'mixing', stepNumber);
      const { lambda, weights } = draw(random);
      const order = random.permutation(labels.length);
      const others = Int32Array.from(order, (from) => labels[from]);
      return {
        'mixing.weights': weights,
        'mixing.lambda': { dtype: 'float32', shape: [], data: Float32Array.of(lambda) },
        'mixing.order': { dtype: 'int32', shape: [labels.length], data: order },
        'mixing.labels': { dtype: 'int32', shape: [labels.length], data: others },
      };
    },
    images: (images, inputs) => mixed(images, inOrder(images, inputs['mixing.order']), inputs['mixing.weights']),
    criterion(logits, inputs: StepInputs) {
      const own = softmaxCrossEntropy(logits, inputs['labels'], { labelSmoothing });
      const other = softmaxCrossEntropy(logits, inputs['mixing.labels'], { labelSmoothing });
      return mixed(own, other, inputs['mixing.lambda']);
    },
  };
}

function mixed(own: tf.Tensor, other: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(own, weight), tf.mul(other, tf.sub(1, weight)));
}

// tfjs's own gather reads the order's values, which a recorded step cannot.
function inOrder(images: tf.Tensor, order: tf.Tensor): tf.Tensor {
  const attributes = { Tparams: type('float32'), Tindices: type('int32'), Taxis: type('int32'), batch_dims: int(0) };
  return rawOp('GatherV2', [images, order, tf.scalar(0, 'int32')], attributes);
}
