import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { int, rawOp, type } from '../raw-op';
import { tf } from '../tensorflow';
import { differentiableOne } from './differentiable';

/** Options of `sigmoidFocalLoss`. */
export interface SigmoidFocalLossOptions {
  /** Weight of a foreground column's loss, 1 − alpha that of the others'; negative: no weights. */
  readonly alpha: number;
  /** How strongly what is classified well already is discounted. */
  readonly gamma: number;
  /** [N, R], how much each anchor counts; all the same by default. */
  readonly anchorWeights?: Tensor;
}

/**
 * Focal loss of logits [N, R, K], summed over anchors and columns → [N].
 *
 * Labels (int32 [N, R]) give each anchor's class column; −1 is background (all columns negative), −2 is ignored (no
 * loss). The loss of a column is the binary cross-entropy of its sigmoid times (1 − p_t)^gamma, weighted by alpha.
 * Float32 in a bfloat16 model too. Source: Lin et al., Focal Loss for Dense Object Detection, 2017, section 3, in
 * torchvision's form (`torchvision.ops.sigmoid_focal_loss`).
 *
 * With z = x, or −x in the foreground column, p_t = 1 − σ(z) and the loss is σ(z)^gamma · softplus(z), which is exact for
 * logits of any size. Its derivative by z is σ^gamma · (σ + gamma · (1 − σ) · softplus).
 */
export function sigmoidFocalLoss(
  logits: Tensor,
  labels: Tensor,
  { alpha, gamma, anchorWeights }: SigmoidFocalLossOptions,
): Tensor {
  const [foreground, background] = alpha < 0 ? [1, 1] : [alpha, 1 - alpha];
  const [, , classes] = logits.shape;
  return differentiableOne({
    inputs: [logits],
    isFloat32: true,
    forward: (save) => {
      const counted = anchorWeights ? tf.mul(notIgnored(labels), anchorWeights) : notIgnored(labels); // [N, R]
      save([logits, labels, counted]);
      const { discount, softplus } = terms(logits, labels, gamma);
      const weights = perColumn(labels, classes, foreground, background); // [N, R, K]
      const losses = tf.sum(tf.mul(tf.mul(discount, softplus), weights), 2); // [N, R]
      return tf.sum(tf.mul(losses, counted), 1);
    },
    backward: ([dy], [savedLogits, savedLabels, counted]) => [
      () => {
        const { sigmoid, discount, softplus } = terms(savedLogits, savedLabels, gamma);
        const scaled = tf.mul(softplus, gamma);
        // σ + gamma · (1 − σ) · softplus, with one subtraction less
        const slope = tf.sub(scaled, tf.mul(sigmoid, tf.sub(scaled, 1)));
        const weights = perColumn(savedLabels, classes, -foreground, background);
        const perAnchor = tf.mul(counted, tf.expandDims(dy, 1)); // [N, R]
        return tf.mul(tf.mul(tf.mul(slope, discount), weights), tf.expandDims(perAnchor, 2));
      },
    ],
  });
}

function terms(logits: Tensor, labels: Tensor, gamma: number): Record<'sigmoid' | 'discount' | 'softplus', Tensor> {
  const [, , classes] = logits.shape;
  const z = tf.mul(logits, perColumn(labels, classes, -1, 1));
  const [sigmoid, softplus] = [tf.sigmoid(z), tf.softplus(z)];
  // In general σ^gamma = exp(gamma · ln σ(z)), and ln σ(z) = z − softplus(z).
  const discount = gamma === 2 ? tf.square(sigmoid) : tf.exp(tf.mul(tf.sub(z, softplus), gamma));
  return { sigmoid, discount, softplus };
}

/** [N, R, K] with one value in the label's column and another in all others; negative labels have no column. */
function perColumn(labels: Tensor, classes: number, foreground: number, background: number): Tensor {
  const inputs = [labels, tf.scalar(classes, 'int32'), tf.scalar(foreground), tf.scalar(background)];
  return rawOp('OneHot', inputs, { T: type('float32'), TI: type('int32'), axis: int(-1) });
}

const notIgnored = (labels: Tensor): Tensor => tf.cast(tf.greater(labels, tf.scalar(-2, 'int32')), 'float32');
