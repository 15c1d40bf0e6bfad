import type { HostTensor } from './host-tensor';

/** Inputs of a compiled function by name; a number is a float32 scalar. */
export type FunctionInputs = Readonly<Record<string, HostTensor | number>>;

/** Runs one step or evaluation; new shapes of inputs compile a further graph over the same variables. */
export type CompiledFunction = (inputs: FunctionInputs) => Promise<Record<string, HostTensor>>;

/** Runs one step over the batches of one update, at least one; each has all inputs of the step. */
export type AccumulatedFunction = (parts: readonly FunctionInputs[]) => Promise<Record<string, HostTensor>>;
