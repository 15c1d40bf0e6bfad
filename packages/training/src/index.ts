export type {
  BestMetric,
  ReportExamples,
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
export { resumedStart } from './resumed-start';
export type { RunStart } from './resumed-start';
export { sourceCommit } from './source-commit';
export type { RunFolderOptions } from './run-folder';
export { inTurn } from './in-turn';
export { jobStart, openRun } from './job-start';
export { rankBatchSize } from './rank-batch';
export { RunFolderError } from './run-folder-error';
export { dryRunText, isDryRun } from './dry-run';
export type { DryRunSummary, TrainingPlan } from './dry-run';
export { PLACE_KEYS } from './config-changes';
export { exitCodeOf, hasEnded } from './summary';
export type { EpochMetrics, StopReason, Summary } from './summary';
export { createSchedule, scheduleKinds } from './schedule';
export type { Schedule, ScheduleKind, ScheduleOptions } from './schedule';
export { scheduleFromOptions, trainingFields } from './training-fields';
export type { TrainingOptions } from './training-fields';
export { listCheckpoints, loadLastCheckpoint, readCheckpoint, saveCheckpoint } from './checkpoints';
export type { Checkpoint } from './checkpoints';
export type { CheckpointState } from './checkpoint-state';
export { EventFile } from './event-file';
export type { Picture } from './event-file';
export { accumulatedTask } from './accumulated-task';
export { profiledTask } from './profiled-task';
export type { StepProfiler } from './profiled-task';
export { writeRunFile } from './run-files';
export { claimFolder } from './claim-folder';
export type { FolderClaim } from './claim-folder';
export { escapeMarkup } from './markup';
export { figureGrid, htmlPage, seriesColour, withLightColours } from './html-page';
export type { PageSection } from './html-page';
export { htmlTable } from './html-table';
export type { HtmlTableOptions } from './html-table';
export { lineChartFile, lineChartSvg } from './line-chart';
export type { ChartSeries, LineChartOptions } from './line-chart';
export { imageWithBoxes } from './image-with-boxes';
export type { DrawnBox, ImageWithBoxesOptions } from './image-with-boxes';
export { metricChart } from './metric-charts';
export type { ChartedRun } from './metric-charts';
export { metricSeries, readMetrics } from './read-metrics';
export type { MetricsLine } from './read-metrics';
export { compareRunsCommand } from './compare-runs-command';
export { trainingReport } from './training-report';
export type { TrainingReportOptions } from './training-report';
export {
  confidenceInterval,
  formatDifference,
  formatSpread,
  medianInterval,
  pairedDifference,
  spreadOf,
} from './paired-statistics';
export type { Spread } from './paired-statistics';
