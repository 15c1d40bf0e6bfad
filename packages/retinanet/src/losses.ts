import { retinanetAnchors } from '@featuremine/boxes';
import { decodeBoxes, giouLoss, l1Loss, sigmoidFocalLoss, smoothL1Loss, tf } from '@featuremine/tensor-graph';

/** What a step learns towards, for every anchor of every image. */
export interface DetectionTargets {
  readonly labels: tf.Tensor; // int32 [N, R]: class id, −1 background, −2 ignored
  readonly deltas: tf.Tensor; // [N, R, 4]: the matched box, encoded; anything where there is none
}

/** The choices of the loss; the defaults are torchvision's first version. */
export interface LossOptions {
  readonly boxLoss: 'l1' | 'smooth-l1' | 'giou';
  /** Where smooth L1 goes from a parabola to a line. */
  readonly smoothL1Beta: number;
  readonly focalAlpha: number;
  readonly focalGamma: number;
  /** What the sums are divided by: the foreground anchors of each image, or those of the whole batch. */
  readonly normalizer: 'image' | 'batch';
}

/** The loss and its two parts; all scalars. */
export interface DetectionLoss {
  readonly loss: tf.Scalar;
  readonly classificationLoss: tf.Scalar;
  readonly boxLoss: tf.Scalar;
}

/**
 * Focal loss over all K + 1 columns and the box loss over foreground anchors, both divided by the number of
 * foreground anchors (at least 1), averaged over images.
 *
 * `logits` `[N, R, K + 1]` and `deltas` `[N, R, 4]` hold all levels in order; column 0 never is a target. For GIoU the
 * anchors of the padded size (`height`, `width`) decode both boxes.
 *
 * Source: torchvision `models/detection/retinanet.py`, compute_loss of both heads.
 */
export function detectionLoss(request: {
  readonly logits: tf.Tensor;
  readonly deltas: tf.Tensor;
  readonly targets: DetectionTargets;
  readonly paddedSize: { readonly width: number; readonly height: number };
  readonly options: LossOptions;
}): DetectionLoss {
  const { logits, targets, options } = request;
  const isForeground = tf.greaterEqual(targets.labels, tf.scalar(0, 'int32')); // [N, R]
  const foreground = tf.cast(isForeground, 'float32');
  const columns = tf.add(targets.labels, tf.cast(isForeground, 'int32')); // class id k → column k + 1
  const classSums = sigmoidFocalLoss(logits, columns, { alpha: options.focalAlpha, gamma: options.focalGamma });
  const boxSums = boxLossSums({ ...request, foreground });
  const counts = tf.sum(foreground, 1); // [N]
  const classificationLoss = normalised(classSums, counts, options.normalizer);
  const boxLoss = normalised(boxSums, counts, options.normalizer);
  return { loss: tf.add(classificationLoss, boxLoss), classificationLoss, boxLoss };
}

function normalised(sums: tf.Tensor, counts: tf.Tensor, normalizer: LossOptions['normalizer']): tf.Scalar {
  const one = tf.scalar(1);
  if (normalizer === 'batch') return tf.div(tf.sum(sums), tf.maximum(tf.sum(counts), one));
  return tf.mean(tf.div(sums, tf.maximum(counts, one)));
}

function boxLossSums(request: {
  readonly deltas: tf.Tensor;
  readonly targets: DetectionTargets;
  readonly foreground: tf.Tensor;
  readonly paddedSize: { readonly width: number; readonly height: number };
  readonly options: LossOptions;
}): tf.Tensor {
  const { deltas, targets, foreground, paddedSize, options } = request;
  switch (options.boxLoss) {
    case 'l1':
      return l1Loss(deltas, targets.deltas, foreground);
    case 'smooth-l1':
      return smoothL1Loss(deltas, targets.deltas, foreground, { beta: options.smoothL1Beta });
    case 'giou': {
      const values = retinanetAnchors(paddedSize.width, paddedSize.height);
      const anchors = tf.tensor(values, [values.length / 4, 4]);
      return giouLoss(decodeBoxes(deltas, anchors), decodeBoxes(targets.deltas, anchors), foreground);
    }
  }
}
