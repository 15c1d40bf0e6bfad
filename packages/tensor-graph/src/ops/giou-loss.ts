import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { tf } from '../tensorflow';
import { halves } from './decode-boxes';
import { differentiableOne } from './differentiable';

/**
 * Generalised IoU loss 1 − GIoU between boxes and targets [N, R, 4] (x1, y1, x2, y2), summed over the anchors that mask
 * [N, R] (0 or 1) selects → [N]. Float32 in a bfloat16 model too. Targets and mask get no gradient.
 *
 * Source: Rezatofighi et al., Generalized Intersection over Union, 2019; the 1e-7 in the denominators is torchvision's
 * (`generalized_box_iou_loss`).
 */
export function giouLoss(boxes: Tensor, targets: Tensor, mask: Tensor): Tensor {
  return differentiableOne({
    inputs: [boxes],
    isFloat32: true,
    forward: (save) => {
      save([boxes, targets, mask]);
      const { intersection, union, enclosing } = areas(overlap(boxes, targets));
      const iou = tf.div(intersection, tf.add(union, EPSILON));
      const waste = tf.div(tf.sub(enclosing, union), tf.add(enclosing, EPSILON));
      const losses = tf.add(tf.sub(waste, iou), 1); // [N, R]
      return tf.sum(tf.mul(losses, tf.cast(mask, 'float32')), 1);
    },
    backward: ([dy], [savedBoxes, savedTargets, savedMask]) => [
      () => {
        const weights = tf.mul(tf.cast(savedMask, 'float32'), tf.expandDims(dy, 1)); // [N, R]
        return tf.mul(slopes(overlap(savedBoxes, savedTargets)), tf.expandDims(weights, 2));
      },
    ],
  });
}

const EPSILON = 1e-7;

/** Widths and heights [N, R, 2] of both boxes, what they share (0 if nothing) and the smallest box around both. */
interface Overlap {
  readonly own: Tensor;
  readonly other: Tensor;
  readonly shared: Tensor;
  readonly around: Tensor;
  /** For each corner of the box: how far the target's is to the right of it (below it). */
  readonly toTarget: readonly [Tensor, Tensor];
}

function overlap(boxes: Tensor, targets: Tensor): Overlap {
  const [topLeft, bottomRight] = halves(boxes);
  const [targetTopLeft, targetBottomRight] = halves(targets);
  const inner = tf.sub(tf.minimum(bottomRight, targetBottomRight), tf.maximum(topLeft, targetTopLeft));
  return {
    own: tf.sub(bottomRight, topLeft),
    other: tf.sub(targetBottomRight, targetTopLeft),
    shared: tf.maximum(inner, 0),
    around: tf.sub(tf.maximum(bottomRight, targetBottomRight), tf.minimum(topLeft, targetTopLeft)),
    toTarget: [tf.sub(targetTopLeft, topLeft), tf.sub(targetBottomRight, bottomRight)],
  };
}

function areas({ own, other, shared, around }: Overlap): Record<'intersection' | 'union' | 'enclosing', Tensor> {
  const intersection = tf.prod(shared, 2); // [N, R]
  const union = tf.sub(tf.add(tf.prod(own, 2), tf.prod(other, 2)), intersection);
  return { intersection, union, enclosing: tf.prod(around, 2) };
}

/** The gradient of the loss of each pair by the box's four coordinates, [N, R, 4]; ties count half for either side. */
function slopes(sides: Overlap): Tensor {
  const { intersection, union, enclosing } = areas(sides);
  const perUnion = tf.reciprocal(tf.add(union, EPSILON));
  const perEnclosing = tf.reciprocal(tf.add(enclosing, EPSILON));
  const waste = tf.mul(tf.sub(enclosing, union), perEnclosing);
  // The loss is 1 − I/U + (E − U)/E; U = own + other − I holds I as well.
  const byUnion = tf.sub(tf.mul(intersection, tf.square(perUnion)), perEnclosing);
  const byIntersection = tf.neg(tf.add(perUnion, byUnion));
  const byEnclosing = tf.mul(perEnclosing, tf.sub(1, waste));
  // An area changes with its width by its height, and the other way round.
  const across = (lengths: Tensor, slope: Tensor): Tensor => tf.mul(tf.reverse(lengths, 2), tf.expandDims(slope, 2));
  const isShared = tf.sign(sides.shared);
  const own = across(sides.own, byUnion);
  const shared = tf.mul(across(sides.shared, byIntersection), isShared);
  const around = across(sides.around, byEnclosing);
  const [toTopLeft, toBottomRight] = sides.toTarget.map((distance) => tf.mul(tf.sign(distance), 0.5));
  const pick = (side: Tensor): Tensor => tf.add(tf.mul(shared, tf.add(side, 0.5)), tf.mul(around, tf.sub(0.5, side)));
  const bottomRight = tf.add(own, pick(toBottomRight));
  const topLeft = tf.neg(tf.add(own, pick(tf.neg(toTopLeft))));
  return tf.concat([topLeft, bottomRight], 2);
}
