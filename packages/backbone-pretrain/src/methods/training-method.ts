import type { HostTensor, tf } from '@featuremine/tensor-graph';
import type { StageHook } from '../network';

/** The inputs of a step inside the graph. */
export type StepInputs = Readonly<Record<string, tf.Tensor>>;

/** What a method may draw its inputs from. */
export interface StepDraw {
  readonly seed: number;
  /** Number of the step in the whole run, from 0. */
  readonly stepNumber: number;
  /** [N] */
  readonly labels: ArrayLike<number>;
}

/** A regulariser of training. Methods are combined; each has the parts that it needs. */
export interface TrainingMethod {
  /** Its inputs of a step: all that is random, so that nothing freezes into the graph. */
  draw(step: StepDraw): Record<string, HostTensor>;
  /** Changes the normalised images [N, S, S, 3]. */
  images?(images: tf.Tensor, inputs: StepInputs): tf.Tensor;
  /** Changes the outputs of stages. */
  hook?(inputs: StepInputs): StageHook;
  /** The loss of logits [N, K] → scalar, in place of the cross-entropy with `labels`. */
  criterion?(logits: tf.Tensor, inputs: StepInputs): tf.Tensor;
}
