import type { HostTensor, StepContext, tf, VariableSpec } from '@featuremine/tensor-graph';
import type { StageHook } from '../network';

/** The inputs of a step inside the graph. */
export type StepInputs = Readonly<Record<string, tf.Tensor>>;

/** What a method may draw its inputs from. */
export interface StepDraw {
  readonly seed: number;
  /** Number of the step in the whole run, from 0. */
  readonly stepNumber: number;
  /**
   * The process of a job that draws (0). It counts only for what is drawn image by image: boxes and mixtures are those of
   * the whole batch.
   */
  readonly rank?: number;
  /** [N] */
  readonly labels: ArrayLike<number>;
}

/** What a method's further losses are made from. */
export interface LossContext {
  readonly step: StepContext;
  readonly inputs: StepInputs;
  /** The outputs of all stages, [N, H, W, C] each. */
  readonly maps: readonly tf.Tensor[];
  /** The classifier's logits, [N, K]. */
  readonly logits: tf.Tensor;
  /** The loss of logits [N, K] against the labels → scalar; mixed labels where images are mixed. */
  readonly crossEntropy: (logits: tf.Tensor) => tf.Tensor;
  /** The classifier's logits of further images [N, S, S, 3] (0…255), in training form, without a gradient. */
  readonly classify: (images: tf.Tensor) => tf.Tensor;
}

/** The network's outputs at test. */
export interface TestOutputs {
  readonly maps: readonly tf.Tensor[];
  readonly logits: tf.Tensor;
}

/** A method of training. Methods are combined; each has the parts that it needs. */
export interface TrainingMethod {
  /** Variables of its own, which are no part of the network. */
  readonly variables?: readonly VariableSpec[];
  /** Its inputs of a step: all that is random, so that nothing freezes into the graph. */
  draw(step: StepDraw): Record<string, HostTensor>;
  /** Changes the normalised images [N, S, S, 3]. */
  images?(images: tf.Tensor, inputs: StepInputs): tf.Tensor;
  /** Changes the outputs of stages. */
  hook?(inputs: StepInputs): StageHook;
  /** The loss of logits [N, K] → scalar, in place of the cross-entropy with `labels`. */
  criterion?(logits: tf.Tensor, inputs: StepInputs): tf.Tensor;
  /** Factor of the classifier's own cross-entropy, 1 if absent. */
  readonly classifierWeight?: number;
  /** Further losses by name, scalars that are added to the others. */
  losses?(context: LossContext): Record<string, tf.Tensor>;
  /** What counts at test in place of the classifier's logits; uses the method's own variables. */
  testLogits?(step: StepContext, outputs: TestOutputs): tf.Tensor;
}

/** The variables of methods, which are no part of the network. */
export function ownVariables(methods: readonly TrainingMethod[]): VariableSpec[] {
  return methods.flatMap(({ variables = [] }) => variables);
}

/** The variables of methods that are needed at test too. */
export function testVariables(methods: readonly TrainingMethod[]): VariableSpec[] {
  return ownVariables(methods.filter(hasTestLogits));
}

/** Whether a method has outputs of its own at test. */
export function hasTestLogits(method: TrainingMethod): boolean {
  return method.testLogits !== undefined;
}
