import type { StepTensor } from './task';

/** What the trainer reads from the outputs of a step. */
export interface StepScalars {
  readonly loss: number;
  /** False if the step changed nothing. */
  readonly isFinite: boolean;
  /** All scalar outputs by their names in metrics.jsonl, `train/loss` and so on. */
  readonly scalars: Record<string, number>;
}

/** Reads the scalars among the outputs of a step; larger tensors are left out. */
export function scalarsOf(outputs: Readonly<Record<string, StepTensor>>): StepScalars {
  const scalars: Record<string, number> = {};
  let flag: number | undefined;
  for (const [name, tensor] of Object.entries(outputs)) {
    if (tensor.data.length !== 1) continue;
    if (name === 'isFinite') flag = tensor.data[0];
    else scalars[`train/${name}`] = tensor.data[0]!;
  }
  const loss = scalars['train/loss'];
  if (loss === undefined) throw new Error('the training step returns no scalar "loss"');
  return { loss, isFinite: flag === undefined ? Number.isFinite(loss) : flag !== 0, scalars };
}
