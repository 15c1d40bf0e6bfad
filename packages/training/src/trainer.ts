import { CheckpointKeeper } from './checkpoint-keeper';
import { isBetter } from './best-metric';
import { MetricsWriter } from './metrics-writer';
import { NonFiniteGuard } from './non-finite-guard';
import type { RunFolder } from './run-folder';
import { RunState } from './run-state';
import { scalarsOf } from './step-scalars';
import { watchStopSignals } from './stop-signals';
import type { StopSignals } from './stop-signals';
import { makeSummary } from './make-summary';
import type { StopReason, Summary } from './summary';
import type { TrainingBatch, TrainingTask } from './task';
import type { TrainOptions } from './train-options';
import { TrainingProgress } from './training-progress';
import { versionsWith } from './versions';

/** The parts of a sitting that the trainer works with. */
interface Parts {
  readonly task: TrainingTask;
  readonly run: RunFolder;
  readonly options: TrainOptions;
  readonly state: RunState;
  readonly keeper: CheckpointKeeper;
  readonly metrics: MetricsWriter;
}

/** One sitting of a run: from its start or its last checkpoint to its end or a stop. */
export class Trainer {
  readonly state: RunState;
  private readonly parts: Parts;
  private readonly guard: NonFiniteGuard;
  private readonly progress: TrainingProgress;
  private readonly signals: StopSignals;
  private hasStepped = false;

  private constructor(parts: Parts) {
    const { task, run, options, state } = parts;
    this.parts = parts;
    this.state = state;
    this.guard = new NonFiniteGuard({ run, limit: options.maxNonFinite ?? 10, inRow: state.nonFiniteInRow });
    this.progress = new TrainingProgress({
      log: options.log,
      epochs: options.epochs,
      stepsPerEpoch: task.stepsPerEpoch,
    });
    this.signals = watchStopSignals((name) => {
      options.log.warn(`${name}: finishing the step, then saving; the same signal again ends at once`);
    });
  }

  /** Restores the last checkpoint if the run was opened to resume, and opens the logs. */
  static async start(task: TrainingTask, run: RunFolder, options: TrainOptions): Promise<Trainer> {
    const keeper = new CheckpointKeeper({
      folder: run.checkpointFolder,
      model: task.model,
      identity: {
        stepsPerEpoch: task.stepsPerEpoch,
        config: { ...run.config },
        dataFingerprint: task.dataFingerprint ?? null,
        versions: versionsWith(options.versions),
      },
      keep: options.keep ?? 2,
      everySeconds: options.checkpointEverySeconds ?? 60,
      everySteps: options.checkpointEvery,
      log: options.log,
    });
    const saved = run.isResuming ? await keeper.restore() : undefined;
    if (saved === undefined) {
      if (run.isResuming) options.log.info(`${run.path}: there is no checkpoint to resume from; starting afresh`);
      return new Trainer({ task, run, options, keeper, state: new RunState(), metrics: new MetricsWriter(run) });
    }
    options.log.info(`${run.path}: resuming at step ${saved.step}, epoch ${saved.epoch + 1}`);
    const metrics = new MetricsWriter(run, { keepBytes: saved.metricsBytes, step: saved.step });
    return new Trainer({ task, run, options, keeper, state: RunState.from(saved), metrics });
  }

  /** True when all epochs are done, or the run was stopped early. */
  get isFinished(): boolean {
    return this.state.epoch >= this.parts.options.epochs || this.isStoppedEarly;
  }

  /** Trains to the end of this sitting. */
  async run(): Promise<Summary> {
    const { options, run } = this.parts;
    while (!this.isFinished && this.signals.reason === undefined) {
      await this.trainEpoch();
      this.progress.stop();
      if (this.signals.reason === undefined) await this.endEpoch();
    }
    await this.save();
    const summary = makeSummary({ ...this.parts, stoppedBy: this.stopReason() });
    run.writeSummary(summary);
    if (this.signals.reason !== undefined) {
      options.log.info(`${run.path}: saved at step ${this.state.step}; go on with --resume`);
    }
    return summary;
  }

  /** Ends logs, progress and signal handlers. */
  close(): void {
    this.progress.stop();
    this.signals.dispose();
    this.parts.metrics.close();
  }

  private get isStoppedEarly(): boolean {
    const { earlyStop } = this.parts.options;
    return earlyStop !== undefined && this.state.withoutGain >= earlyStop;
  }

  private stopReason(): StopReason {
    if (this.signals.reason !== undefined) return this.signals.reason;
    return this.state.epoch < this.parts.options.epochs ? 'early-stop' : 'finished';
  }

  private async trainEpoch(): Promise<void> {
    const { state, parts } = this;
    const { task, keeper } = parts;
    if (state.batch >= task.stepsPerEpoch) return;
    this.progress.startEpoch(state.epoch, state.batch);
    const batches = task.batches(state.epoch, state.batch)[Symbol.asyncIterator]();
    let next = startFetch(batches);
    try {
      while (state.batch < task.stepsPerEpoch && this.signals.reason === undefined) {
        const startMs = performance.now();
        const batch = await this.received(next);
        // The next batch is fetched while the step runs.
        if (state.batch + 1 < task.stepsPerEpoch) next = startFetch(batches);
        await this.trainStep(batch, startMs);
        const isLast = state.batch >= task.stepsPerEpoch;
        if (!isLast && keeper.isDueAfterStep(state.step)) await this.save();
      }
    } finally {
      await next.catch(() => undefined);
      await batches.return?.();
    }
  }

  // Between two steps the state is whole: it is saved when the data fail.
  private async received(next: Promise<IteratorResult<TrainingBatch>>): Promise<TrainingBatch> {
    const { state, parts } = this;
    try {
      const result = await next;
      if (result.done !== true) return result.value;
      const { stepsPerEpoch } = parts.task;
      throw new Error(`epoch ${state.epoch + 1} ended after ${state.batch} of ${stepsPerEpoch} batches`);
    } catch (error) {
      await this.save();
      parts.options.log.info(`${parts.run.path}: saved at step ${state.step}; go on with --resume`);
      throw error;
    }
  }

  private async trainStep(batch: TrainingBatch, startMs: number): Promise<void> {
    const { state, guard, parts } = this;
    const { task, options } = parts;
    const learningRate = options.schedule(state.step);
    const { loss, isFinite, scalars } = scalarsOf(await task.step({ ...batch.inputs, learningRate }));
    state.step++;
    state.batch++;
    if (isFinite) {
      guard.finite();
      state.intervalMeans.add(scalars);
      state.epochMeans.add(scalars);
    } else {
      guard.notFinite(state.step, loss, batch);
      options.log.warn(`step ${state.step}: the loss or gradient is not finite (loss ${loss}); nothing was changed`);
    }
    state.nonFiniteInRow = guard.inRow;
    const stepMs = performance.now() - startMs;
    // The first step of a sitting compiles its graph: it does not count for the speed.
    if (this.hasStepped) {
      state.trainedImages += batch.imageCount;
      state.trainedSeconds += stepMs / 1000;
    }
    this.hasStepped = true;
    if (state.step % (options.logEvery ?? 20) === 0) this.logInterval(learningRate);
    const { epoch, batch: done, imagesPerSecond } = state;
    this.progress.step({ epoch, batch: done, loss, imagesPerSecond, stepMs });
    const fault = guard.fault();
    if (fault !== undefined) {
      await this.save();
      throw fault;
    }
  }

  private logInterval(learningRate: number): void {
    const { state, parts } = this;
    parts.metrics.write({
      kind: 'step',
      step: state.step,
      epoch: state.epoch + 1,
      ...state.intervalMeans.means(),
      learningRate,
      imagesPerSecond: state.imagesPerSecond,
      seconds: state.seconds,
    });
    state.intervalMeans.reset();
  }

  private async endEpoch(): Promise<void> {
    const { state, parts } = this;
    const { task, options, run, metrics, keeper } = parts;
    const isLast = state.epoch + 1 >= options.epochs;
    const isEvaluated = isLast || (state.epoch + 1) % (options.evaluateEvery ?? 1) === 0;
    const held = isEvaluated ? await this.evaluate() : {};
    if (held === undefined) return;
    const epochMetrics = { epoch: state.epoch + 1, metrics: { ...state.epochMeans.means(), ...finiteOnly(held) } };
    metrics.write({
      kind: 'epoch',
      step: state.step,
      epoch: epochMetrics.epoch,
      ...epochMetrics.metrics,
      seconds: state.seconds,
    });
    options.log.info(describeEpoch(epochMetrics.epoch, options.epochs, epochMetrics.metrics));
    state.last = epochMetrics;
    if (isEvaluated) {
      metrics.pictures(state.step, (await task.pictures?.()) ?? []);
      const isGain = isBetter(held, state.best?.metrics, task.bestMetric);
      state.withoutGain = isGain ? 0 : state.withoutGain + 1;
      if (isGain) {
        await task.saveWeights(run.weightsPath);
        state.best = epochMetrics;
      }
    }
    state.epoch++;
    state.batch = 0;
    state.epochMeans.reset();
    run.writeSummary(makeSummary({ ...parts, stoppedBy: this.stopReason() }));
    if (keeper.isDueAfterEpoch() && !this.isFinished) await this.save();
  }

  // Undefined if a signal came meanwhile: what was measured until then says nothing, and is measured after a resume.
  private async evaluate(): Promise<Record<string, number> | undefined> {
    const { task } = this.parts;
    const startMs = performance.now();
    try {
      const result = await task.evaluate(this.state.epoch, this.signals.signal);
      if (this.signals.reason !== undefined) return undefined;
      this.progress.evaluated(performance.now() - startMs);
      return result;
    } catch (error) {
      if (this.signals.reason !== undefined) return undefined;
      await this.save();
      throw error;
    }
  }

  private async save(): Promise<void> {
    const { keeper, metrics } = this.parts;
    await keeper.save({ ...this.state.snapshot(), metricsBytes: metrics.flushedBytes() });
  }
}

function startFetch(batches: AsyncIterator<TrainingBatch>): Promise<IteratorResult<TrainingBatch>> {
  const next = batches.next();
  next.catch(() => undefined); // Thrown where it is awaited, unless the step before it fails first.
  return next;
}

// JSON has no NaN: a metric that could not be measured is left out.
function finiteOnly(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

function describeEpoch(epoch: number, epochs: number, metrics: Readonly<Record<string, number>>): string {
  const parts = Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  return `epoch ${epoch}/${epochs}: ${parts.join(', ')}`;
}
