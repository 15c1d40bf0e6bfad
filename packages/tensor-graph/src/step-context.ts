import type { Tensor } from '@tensorflow/tfjs-node-gpu';

/** What a step function sees of the model that it runs in. */
export interface StepContext {
  /** True in a training step: batch norm uses and updates statistics, dropout drops. */
  readonly isTraining: boolean;
  /** The variable's value at the start of the step. @throws ConfigError for an unknown name */
  variable(name: string): Tensor;
  /** Sets a buffer at the end of the step, if the step is finite. Only in training. */
  assign(name: string, value: Tensor): void;
}

/**
 * A step, written with tfjs ops and this package's ops. It gets its inputs by name (uint8 inputs arrive as float32
 * tensors of 0…255) and returns its outputs by name; in training, `loss` is a scalar. What changes from step to step
 * must be an input: numbers drawn in JavaScript would freeze into constants. It must not read values of tensors.
 */
export type StepFunction = (step: StepContext, inputs: Record<string, Tensor>) => Record<string, Tensor>;

/** A step function with its name, as a model runs it. */
export interface StepDefinition {
  readonly name: string;
  readonly run: StepFunction;
}
