import type { Picture } from './event-file';
import type { PageSection } from './html-page';

/** A tensor in JavaScript memory, row-major; the same form as tensor-graph's HostTensor. */
export interface StepTensor {
  readonly dtype: 'float32' | 'int32' | 'uint8' | 'bool';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Inputs of a step by name; a number is a float32 scalar. */
export type StepInputs = Record<string, StepTensor | number>;

/**
 * One optimizer update. The trainer adds `learningRate` to the inputs. The result has the scalar `loss`; `isFinite` is
 * 0 if the step changed nothing because its loss or gradient was not finite; further scalars are logged as metrics.
 */
export type TrainingStep = (inputs: StepInputs) => Promise<Record<string, StepTensor>>;

/** The state that a checkpoint keeps; tensor-graph's CompiledModel is one. */
export interface TrainableModel {
  /** All state by name: parameters, buffers, optimizer slots, EMA. */
  readVariables(): Promise<Map<string, Float32Array>>;
  writeVariables(values: Map<string, Float32Array>): Promise<void>;
  /** Gives variables that were not written their first values; otherwise the first step has to. */
  initialize?(): Promise<void>;
}

/** One batch of a training epoch; in a job, the part of it that this rank takes. */
export interface TrainingBatch {
  /** All inputs of the step but `learningRate`; what is random in them depends on (seed, epoch, batch, rank) only. */
  readonly inputs: StepInputs;
  readonly imageCount: number;
  /** Where each image came from, for messages. */
  readonly files: readonly string[];
}

/** The metric that says which weights are the best. */
export interface BestMetric {
  /** A key of what `evaluate` returns. */
  readonly name: string;
  readonly mode: 'max' | 'min';
  /** The value that ends the run. */
  readonly goal?: number;
}

/** The part of a run's report that shows images. Rank 0 of a job is asked alone; a fault here ends no training. */
export interface ReportExamples {
  /**
   * What was found just now, as JSON, to be shown if nothing better comes: asked for behind an evaluation that is the best
   * so far, and kept in examples.json, so that a resumed run has it. Undefined keeps nothing.
   */
  found?(): unknown;
  /** The part itself, asked for once, at the end of a sitting; `found` is what was kept last. */
  section(found: unknown): Promise<PageSection>;
}

/**
 * Everything that `train` needs to know about a network and its data.
 *
 * In a job every rank has a task of its own. They take their steps together, and each step leaves the same variables on
 * all of them, as a model with `job` does. Scalars of a step are averaged over the ranks.
 */
export interface TrainingTask {
  readonly model: TrainableModel;
  readonly step: TrainingStep;
  /** Batches per epoch, at least 1. */
  readonly stepsPerEpoch: number;
  /** The batches `startBatch`, `startBatch + 1`, … of an epoch (both from 0), prefetched by their maker. */
  batches(epoch: number, startBatch: number): AsyncIterable<TrainingBatch>;
  /**
   * Metrics on held-out data after an epoch (from 0). When `signal` aborts, the result is no longer wanted: return or
   * throw soon. Without the best metric among the keys, the last weights count as the best. In a job, all ranks are
   * asked, and all give the same.
   */
  evaluate(epoch: number, signal: AbortSignal): Promise<Record<string, number>>;
  readonly bestMetric: BestMetric;
  /** Images for TensorBoard, asked for behind each evaluation (rank 0 only, as is `saveWeights`); a fault is a warning. */
  pictures?(): Promise<readonly Picture[]>;
  /** Images for report.html. */
  readonly examples?: ReportExamples;
  /** Called when a sitting has come to its end or was stopped, on every rank; not after a fault. */
  ended?(): void;
  /** Writes the weights for use (not the optimizer's state) as a safetensors file, replacing it atomically. */
  saveWeights(path: string): Promise<void>;
  /** Number of trained parameters, for the summary. */
  readonly parameterCount?: number;
  /**
   * What the data is, part by part, so that changed data is noticed and named on resume: `training images` → `400 files,
   * 9f2c41d0`.
   */
  readonly data?: Readonly<Record<string, string>>;
}
