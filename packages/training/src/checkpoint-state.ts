import { z } from 'zod';

const numbers = z.record(z.string(), z.number());
const epochMetrics = z.object({ epoch: z.number(), metrics: numbers });
const means = z.object({ sums: numbers, counts: numbers });

/** Everything of a run that is no variable of the model. */
export const checkpointStateSchema = z.object({
  /** Completed optimizer steps, those that changed nothing included. */
  step: z.number().int().min(0),
  /** The epoch under way, from 0. */
  epoch: z.number().int().min(0),
  /** The next batch in it, from 0; equal to stepsPerEpoch when only the evaluation is missing. */
  batch: z.number().int().min(0),
  stepsPerEpoch: z.number().int().min(1),
  best: epochMetrics.nullable(),
  /** The step at the end of the best epoch, whose checkpoint is kept; null if nothing is evaluated. */
  bestStep: z.number().int().min(0).nullable(),
  last: epochMetrics.nullable(),
  /** Evaluations since the best one. */
  withoutGain: z.number().int().min(0),
  nonFiniteInRow: z.number().int().min(0),
  /** Sums since the last line of metrics.jsonl, and since the start of the epoch. */
  intervalMeans: means,
  epochMeans: means,
  /** Length of metrics.jsonl. */
  metricsBytes: z.number().int().min(0),
  trainedImages: z.number(),
  trainedSeconds: z.number(),
  seconds: z.number(),
  config: z.record(z.string(), z.unknown()),
  /** What the data was, part by part; see `TrainingTask.data`. */
  data: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  /** Processes that trained together. */
  ranks: z.number().int().min(1).default(1),
});

/** Everything of a run that is no variable of the model. Batches and random inputs follow from seed, epoch and batch. */
export type CheckpointState = z.output<typeof checkpointStateSchema>;

/** The part of a checkpoint's state that stays the same over a sitting. */
export type RunIdentity = Pick<CheckpointState, 'stepsPerEpoch' | 'config' | 'data' | 'versions' | 'ranks'>;
