import type { CheckpointState, RunIdentity } from './checkpoint-state';
import { RunningMeans } from './running-means';
import type { EpochMetrics } from './summary';

/** Where a run is, apart from the variables of its model. Mutable: the trainer moves it on. */
export class RunState {
  step = 0;
  epoch = 0;
  batch = 0;
  best: EpochMetrics | null = null;
  bestStep: number | null = null;
  last: EpochMetrics | null = null;
  withoutGain = 0;
  nonFiniteInRow = 0;
  trainedImages = 0;
  trainedSeconds = 0;
  intervalMeans = new RunningMeans();
  epochMeans = new RunningMeans();
  /** Time of earlier sittings. */
  private secondsBefore = 0;
  private readonly startMs = performance.now();

  /** The state that a checkpoint holds. */
  static from(saved: CheckpointState): RunState {
    const state = new RunState();
    const { step, epoch, batch, withoutGain, nonFiniteInRow, trainedImages, trainedSeconds } = saved;
    const { best, bestStep, last } = saved;
    Object.assign(state, { step, epoch, batch, withoutGain, nonFiniteInRow, trainedImages, trainedSeconds });
    Object.assign(state, { best, bestStep, last });
    state.intervalMeans = new RunningMeans(saved.intervalMeans);
    state.epochMeans = new RunningMeans(saved.epochMeans);
    state.secondsBefore = saved.seconds;
    return state;
  }

  /** Time of all sittings. */
  get seconds(): number {
    return this.secondsBefore + (performance.now() - this.startMs) / 1000;
  }

  get imagesPerSecond(): number {
    return this.trainedSeconds > 0 ? this.trainedImages / this.trainedSeconds : 0;
  }

  /** The part of a checkpoint's state that the trainer moves on. */
  snapshot(): Omit<CheckpointState, keyof RunIdentity | 'metricsBytes'> {
    const { step, epoch, batch, best, bestStep, last, withoutGain, nonFiniteInRow, trainedImages, trainedSeconds } =
      this;
    return {
      ...{ step, epoch, batch, bestStep, withoutGain, nonFiniteInRow, trainedImages, trainedSeconds },
      best: best === null ? null : { epoch: best.epoch, metrics: { ...best.metrics } },
      last: last === null ? null : { epoch: last.epoch, metrics: { ...last.metrics } },
      intervalMeans: this.intervalMeans.state(),
      epochMeans: this.epochMeans.state(),
      seconds: this.seconds,
    };
  }
}
