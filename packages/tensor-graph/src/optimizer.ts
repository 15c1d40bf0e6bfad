/**
 * PyTorch's SGD, to the letter: g += weightDecay · p; v = momentum · v + g; p −= lr · v, or, with `nesterov`,
 * p −= lr · (g + momentum · v). The learning rate is an input of every step.
 */
export interface SgdConfig {
  readonly kind: 'sgd';
  readonly momentum: number;
  readonly nesterov?: boolean;
  readonly weightDecay: number;
}

/** PyTorch's AdamW: the decay p −= lr · weightDecay · p apart from the gradient, ε outside the bias correction. */
export interface AdamWConfig {
  readonly kind: 'adamw';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** An optimizer with its settings; the learning rate is an input of each step. */
export type OptimizerConfig = SgdConfig | AdamWConfig;

/** An optimizer as options of a training name it. */
export interface OptimizerOptions {
  readonly optimizer: 'sgd' | 'adamw';
  /** Of SGD, as `nesterov`. */
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/** The optimizer that options name; what they leave open of AdamW is as in PyTorch. */
export function optimizerOf({ optimizer, momentum, nesterov, weightDecay }: OptimizerOptions): OptimizerConfig {
  if (optimizer === 'sgd') return { kind: 'sgd', momentum, nesterov, weightDecay };
  return { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay };
}

/** How a training step changes its variables. */
export interface TrainOptions {
  readonly optimizer: OptimizerConfig;
  /**
   * Largest L2 norm of all gradients together; larger ones are scaled by clipNorm / (norm + 1e-6) before the weight
   * decay, as torch.nn.utils.clip_grad_norm_ does. Absent: no clipping.
   */
  readonly clipNorm?: number;
}

/** The number of optimizer steps made so far is kept under this name, as a float32 scalar. */
export const STEP_COUNT = 'optimizer/step';

/** The names of a parameter's optimizer slots; all start as zeros. */
export function slotNames(optimizer: OptimizerConfig, parameter: string): string[] {
  return optimizer.kind === 'sgd' ? [`momentum/${parameter}`] : [`adam_m/${parameter}`, `adam_v/${parameter}`];
}

/** Where the gradients of a parameter wait for the last part of their step; zero between steps. */
export function accumulatorName(parameter: string): string {
  return `${ACCUMULATED}${parameter}`;
}

/** The beginning of the names of gradients that wait. */
export const ACCUMULATED = 'accumulated/';

/** What changes from step to step in an optimizer's formula, beside the learning rate. */
export function optimizerInputs(optimizer: OptimizerConfig, stepsBefore: number): Record<string, number> {
  if (optimizer.kind === 'sgd') return {};
  const beta1Power = Math.pow(optimizer.beta1, stepsBefore + 1);
  const beta2Power = Math.pow(optimizer.beta2, stepsBefore + 1);
  // TensorFlow's Adam adds ε before the bias correction of the second moment: fed scaled, it is PyTorch's.
  return { beta1Power, beta2Power, epsilon: optimizer.epsilon * Math.sqrt(1 - beta2Power) };
}
