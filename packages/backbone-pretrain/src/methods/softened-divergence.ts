import { float32Scope, softmaxCrossEntropy, tf } from '@featuremine/tensor-graph';
import { stopGradient } from './stop-gradient';

/**
 * T² · KL(softmax(teacher / T) ‖ softmax(student / T)), averaged over N: logits [N, K] each → scalar. The teacher gets
 * no gradient; T² keeps the student's as large as that of a cross-entropy, whatever T is.
 *
 * Source: Hinton et al., Distilling the knowledge in a neural network, 2015.
 */
export function softenedDivergence(student: tf.Tensor, teacher: tf.Tensor, temperature: number): tf.Tensor {
  return float32Scope(() => {
    const softened = tf.mul(stopGradient(teacher), 1 / temperature);
    const target = tf.softmax(softened);
    const crossEntropy = softmaxCrossEntropy(tf.mul(student, 1 / temperature), target);
    const entropy = stopGradient(softmaxCrossEntropy(softened, target));
    return tf.mul(tf.sub(crossEntropy, entropy), temperature ** 2);
  });
}
