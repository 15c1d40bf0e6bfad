import { rawOp, type, type tf } from '@featuremine/tensor-graph';

/** The same values as a constant: no gradient passes. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return rawOp('StopGradient', [x], { T: type('float32') });
}
