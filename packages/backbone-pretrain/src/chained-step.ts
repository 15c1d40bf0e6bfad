import type { StepContext, tf } from '@featuremine/tensor-graph';

/** A step in which a network can run more than once. */
export interface ChainedStep extends StepContext {
  /** Hands the last value of each buffer to the step below. */
  flush(): void;
}

/**
 * A step in which a buffer that was assigned reads as its new value, so that the running statistics of two passes of one
 * network move twice, one after the other, as they do in PyTorch.
 */
export function chainedStep(step: StepContext): ChainedStep {
  const assigned = new Map<string, tf.Tensor>();
  return {
    isTraining: step.isTraining,
    variable: (name) => assigned.get(name) ?? step.variable(name),
    assign: (name, value) => void assigned.set(name, value),
    flush: () => assigned.forEach((value, name) => step.assign(name, value)),
  };
}
