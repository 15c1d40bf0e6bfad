import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { float32Scope } from '../precision-scope';
import { tf } from '../tensorflow';

/** What `differentiable` needs to know of an op. */
export interface DifferentiableOp {
  /** The tensors that the op can be differentiated by. */
  readonly inputs: readonly Tensor[];
  /** Computes the outputs, and hands to `save`, in one call, what the gradient needs of inputs and outputs. */
  readonly forward: (save: (tensors: Tensor[]) => void) => Tensor[];
  /**
   * From the gradients of the outputs and the saved tensors, one function for each input that computes its gradient.
   * Only those of the inputs that are differentiated are called.
   */
  readonly backward: (dys: readonly Tensor[], saved: readonly Tensor[]) => (() => Tensor)[];
  /** Whether both directions stay float32 in a bfloat16 model. */
  readonly isFloat32?: boolean;
}

/**
 * Runs an op with a gradient of its own and returns its outputs. Everything else that `forward` makes is disposed.
 *
 * It is `tf.customGrad` with two differences: an op may have several outputs, and the gradient of an input that nobody
 * asks for (the image's, a frozen filter's) is never computed. Both come with the engine's function below it.
 */
export function differentiable({ inputs, forward, backward, isFloat32 = false }: DifferentiableOp): Tensor[] {
  const scope: <T>(fn: () => T) => T = isFloat32 ? float32Scope : (fn) => fn();
  const engine = tf.engine() as unknown as Engine;
  return engine.runKernelFunc({
    inputs: byIndex(inputs),
    forwardFunc: (_backend, save) => scope(() => forward(save)),
    backwardsFunc: (dy, saved) => {
      const gradients = scope(() => backward(Array.isArray(dy) ? dy : [dy], saved));
      return byIndex(gradients.map((gradient) => () => scope(gradient)));
    },
  });
}

/** `differentiable` for an op with one output. */
export function differentiableOne(
  op: Omit<DifferentiableOp, 'forward'> & { readonly forward: (save: (tensors: Tensor[]) => void) => Tensor },
): Tensor {
  return differentiable({ ...op, forward: (save) => [op.forward(save)] })[0];
}

const byIndex = <T>(values: readonly T[]): Record<string, T> => Object.fromEntries(values.entries());

interface Engine {
  runKernelFunc(parameters: {
    inputs: Record<string, Tensor>;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
    backwardsFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => Record<string, () => Tensor>;
  }): Tensor[];
}
