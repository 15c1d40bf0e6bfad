import type { StepInputs, TrainingTask } from '../../src';

export interface LinearModel {
  readonly weights: Float32Array;
  readonly momentum: Float32Array;
}

export interface LinearHooks {
  beforeStep?(inputs: StepInputs): Promise<void> | void;
  beforeBatch?(epoch: number, batch: number): Promise<void> | void;
  evaluate?(epoch: number, signal: AbortSignal): Promise<Record<string, number>> | Record<string, number>;
}

export function makeLinearTask(options?: {
  seed?: number;
  stepsPerEpoch?: number;
  hooks?: LinearHooks;
}): Omit<TrainingTask, 'model'> & { readonly model: TrainingTask['model'] & LinearModel };
