export type {
  BestMetric,
  StepInputs,
  StepTensor,
  TrainableModel,
  TrainingBatch,
  TrainingStep,
  TrainingTask,
} from './task';
export { train } from './train';
export type { TrainOptions } from './train-options';
export { readRunConfig, RunFolder } from './run-folder';
export type { RunFolderOptions } from './run-folder';
export { RunFolderError } from './run-folder-error';
export { exitCodeOf } from './summary';
export type { EpochMetrics, StopReason, Summary } from './summary';
export { createSchedule, scheduleKinds } from './schedule';
export type { Schedule, ScheduleKind, ScheduleOptions } from './schedule';
export { scheduleFromOptions, trainingFields } from './training-fields';
export type { TrainingOptions } from './training-fields';
export { listCheckpoints, loadLastCheckpoint, readCheckpoint, saveCheckpoint } from './checkpoints';
export type { Checkpoint } from './checkpoints';
export type { CheckpointState } from './checkpoint-state';
export { EventFile } from './event-file';
export { writeFileAtomic } from './atomic-file';
