import { Random } from '@featuremine/random';
import { int, rawOp, softmaxCrossEntropy, tf, type } from '@featuremine/tensor-graph';
import type { StepInputs, TrainingMethod } from './training-method';

/** How strongly Mixup mixes. */
export interface MixupOptions {
  /** Both parameters of the Beta distribution of λ: 1 is uniform, less is nearer to unmixed images. */
  readonly alpha: number;
  readonly labelSmoothing: number;
}

/**
 * Mixup: images become λ · image + (1 − λ) · another image of the batch, and every cross-entropy the same mixture of
 * those with both labels. λ and the order of the others are drawn once for a batch.
 *
 * Source: Zhang et al., mixup, 2017, and its authors' code.
 */
export function mixup({ alpha, labelSmoothing }: MixupOptions): TrainingMethod {
  return {
    draw({ seed, stepNumber, labels }) {
      const random = Random.of(seed, 'mixup', stepNumber);
      const lambda = Float32Array.of(random.beta(alpha, alpha));
      const order = random.permutation(labels.length);
      const others = Int32Array.from(order, (from) => labels[from]);
      return {
        'mixup.lambda': { dtype: 'float32', shape: [], data: lambda },
        'mixup.order': { dtype: 'int32', shape: [labels.length], data: order },
        'mixup.labels': { dtype: 'int32', shape: [labels.length], data: others },
      };
    },
    images: (images, inputs) => mixed(images, inOrder(images, inputs['mixup.order']), inputs),
    criterion(logits, inputs) {
      const own = softmaxCrossEntropy(logits, inputs['labels'], { labelSmoothing });
      return mixed(own, softmaxCrossEntropy(logits, inputs['mixup.labels'], { labelSmoothing }), inputs);
    },
  };
}

// λ · own + (1 − λ) · other.
function mixed(own: tf.Tensor, other: tf.Tensor, inputs: StepInputs): tf.Tensor {
  const lambda = inputs['mixup.lambda'];
  return tf.add(tf.mul(own, lambda), tf.mul(other, tf.sub(1, lambda)));
}

// tfjs's own gather reads the order's values, which a recorded step cannot.
function inOrder(images: tf.Tensor, order: tf.Tensor): tf.Tensor {
  const attributes = { Tparams: type('float32'), Tindices: type('int32'), Taxis: type('int32'), batch_dims: int(0) };
  return rawOp('GatherV2', [images, order, tf.scalar(0, 'int32')], attributes);
}
