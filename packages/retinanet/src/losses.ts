import {
  decodeBoxes,
  giouLoss,
  int,
  l1Loss,
  rawOp,
  sigmoidFocalLoss,
  smoothL1Loss,
  tf,
  type,
} from '@featuremine/tensor-graph';
import { anchorsFor } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';

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
  /** What the sums are divided by: see `normalizedLoss`. */
  readonly normalizer: 'image' | 'batch' | 'ema';
  /** How much the anchors of each class count in both losses, by class id; all 1 when absent. */
  readonly classWeights?: readonly number[] | undefined;
  /** The anchors; torchvision's when absent. */
  readonly anchors?: AnchorShapes | undefined;
}

/** Losses that are not divided yet, and what they are divided by. */
export interface LossSums {
  readonly classificationSums: tf.Tensor; // [N]
  readonly boxSums: tf.Tensor; // [N]
  readonly foregroundCounts: tf.Tensor; // [N]
}

/** What the losses are computed from. */
export interface LossRequest {
  readonly logits: tf.Tensor; // [N, R, K + 1], all levels in order
  readonly deltas: tf.Tensor; // [N, R, 4]
  readonly targets: DetectionTargets;
  readonly paddedSize: { readonly width: number; readonly height: number };
  readonly options: LossOptions;
}

/**
 * The focal loss over all K + 1 columns and the box loss over foreground anchors, summed for each image.
 *
 * Column 0 never is a target. For GIoU the anchors of the padded size decode both boxes.
 *
 * Source: torchvision `models/detection/retinanet.py`, compute_loss of both heads.
 */
export function detectionLossSums(request: LossRequest): LossSums {
  const { logits, targets, options } = request;
  const isForeground = tf.greaterEqual(targets.labels, tf.scalar(0, 'int32')); // [N, R]
  const foreground = tf.cast(isForeground, 'float32');
  const columns = tf.add(targets.labels, tf.cast(isForeground, 'int32')); // class id k → column k + 1
  const anchorWeights = options.classWeights && weightsOfAnchors(targets.labels, options.classWeights);
  const { focalAlpha: alpha, focalGamma: gamma } = options;
  return {
    classificationSums: sigmoidFocalLoss(logits, columns, { alpha, gamma, ...(anchorWeights && { anchorWeights }) }),
    boxSums: boxLossSums({ ...request, mask: anchorWeights ? tf.mul(foreground, anchorWeights) : foreground }),
    foregroundCounts: tf.sum(foreground, 1),
  };
}

// The weight of each anchor's class; 1 for background and for ignored anchors. [N, R]
function weightsOfAnchors(labels: tf.Tensor, classWeights: readonly number[]): tf.Tensor {
  const table = tf.tensor1d([1, 1, ...classWeights]); // from label −2 on
  const places = tf.add(labels, tf.scalar(2, 'int32'));
  // tfjs's own gather reads the places to check them, which a compiled step cannot.
  const types = { Tparams: type('float32'), Tindices: type('int32'), Taxis: type('int32'), batch_dims: int(0) };
  return rawOp('GatherV2', [table, places, tf.scalar(0, 'int32')], types);
}

function boxLossSums(request: LossRequest & { readonly mask: tf.Tensor }): tf.Tensor {
  const { deltas, targets, mask, paddedSize, options } = request;
  switch (options.boxLoss) {
    case 'l1':
      return l1Loss(deltas, targets.deltas, mask);
    case 'smooth-l1':
      return smoothL1Loss(deltas, targets.deltas, mask, { beta: options.smoothL1Beta });
    case 'giou': {
      const values = anchorsFor(paddedSize, options.anchors);
      const anchors = tf.tensor(values, [values.length / 4, 4]);
      return giouLoss(decodeBoxes(deltas, anchors), decodeBoxes(targets.deltas, anchors), mask);
    }
  }
}
