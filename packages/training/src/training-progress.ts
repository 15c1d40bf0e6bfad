import { formatDuration, startProgress } from '@featuremine/command-line';
import type { Logger, Progress } from '@featuremine/command-line';

/** Options of `TrainingProgress`. */
export interface TrainingProgressOptions {
  readonly log: Logger;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** The progress of the whole run: a bar for the epoch, with loss, speed and the time that the run still takes. */
export class TrainingProgress {
  private readonly options: TrainingProgressOptions;
  private bar: Progress | undefined;
  private stepMs = 0;
  private evaluationMs = 0;

  constructor(options: TrainingProgressOptions) {
    this.options = options;
  }

  startEpoch(epoch: number, batch: number): void {
    const { log, epochs, stepsPerEpoch } = this.options;
    this.stop();
    if (log.stream === undefined) return;
    const label = `epoch ${epoch + 1}/${epochs}`;
    this.bar = startProgress({ label, total: stepsPerEpoch, start: batch, stream: log.stream });
  }

  step(at: { epoch: number; batch: number; loss: number; imagesPerSecond: number; stepMs: number }): void {
    // A moving mean over some 20 steps: the first step compiles and says little.
    this.stepMs = this.stepMs === 0 ? at.stepMs : this.stepMs + 0.05 * (at.stepMs - this.stepMs);
    if (this.bar === undefined) return;
    const { epochs, stepsPerEpoch } = this.options;
    const stepsLeft = (epochs - at.epoch) * stepsPerEpoch - at.batch;
    const leftMs = stepsLeft * this.stepMs + (epochs - at.epoch) * this.evaluationMs;
    const speed = at.imagesPerSecond > 0 ? `${at.imagesPerSecond.toPrecision(3)} images/s, ` : '';
    this.bar.update(at.batch, `loss ${at.loss.toPrecision(4)}, ${speed}run ${formatDuration(leftMs)} left`);
  }

  evaluated(elapsedMs: number): void {
    this.evaluationMs = elapsedMs;
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
