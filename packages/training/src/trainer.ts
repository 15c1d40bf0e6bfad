import { gatherJson, isAgreed, together } from '@featuremine/mpi';
import { isBetter } from './best-metric';
import { describeEpoch, finiteOnly } from './epoch-line';
import type { Picture } from './event-file';
import { makeSummary } from './make-summary';
import { NonFiniteGuard } from './non-finite-guard';
import type { RunState } from './run-state';
import { hasReachedGoal, isFinished } from './sitting';
import type { Sitting } from './sitting';
import { startFetch } from './start-fetch';
import { scalarsOf } from './step-scalars';
import { StopAgreement } from './stop-agreement';
import type { StopSignals } from './stop-signals';
import type { StopReason, Summary } from './summary';
import type { TrainingBatch } from './task';
import { TrainingProgress } from './training-progress';
import { EXAMPLES_FILE } from './write-report';

/**
 * One sitting of a run: from its start or its last checkpoint to its end or a stop.
 *
 * In a job all ranks are in the same state, step for step, so that each decides the same; rank 0 writes.
 */
export class Trainer {
  readonly state: RunState;
  private readonly parts: Sitting;
  private readonly guard: NonFiniteGuard;
  private readonly progress: TrainingProgress;
  private readonly stop: StopAgreement;
  private hasStepped = false;

  constructor(parts: Sitting, signals: StopSignals) {
    const { task, run, options, state, job } = parts;
    this.parts = parts;
    this.stop = new StopAgreement(signals, job);
    this.state = state;
    this.guard = new NonFiniteGuard({ run, limit: options.maxNonFinite ?? 10, inRow: state.nonFiniteInRow });
    this.progress = new TrainingProgress({
      log: options.log,
      epochs: options.epochs,
      stepsPerEpoch: task.stepsPerEpoch,
    });
  }

  /** Trains to the end of this sitting. */
  async run(): Promise<Summary> {
    const { options, run } = this.parts;
    while (!isFinished(this.parts) && this.stop.reason === undefined) {
      await this.trainEpoch();
      this.progress.stop();
      if (this.stop.reason === undefined) await this.endEpoch();
    }
    await this.save();
    const summary = makeSummary({ ...this.parts, stoppedBy: this.stopReason() });
    run.writeSummary(summary);
    if (this.stop.reason !== undefined) {
      options.log.info(`${run.path}: saved at step ${this.state.step}; go on with --resume`);
    }
    return summary;
  }

  /** Ends logs and progress. */
  close(): void {
    this.progress.stop();
    this.parts.metrics.close();
  }

  private stopReason(): StopReason {
    if (this.stop.reason !== undefined) return this.stop.reason;
    if (!isFinished(this.parts)) return 'running';
    if (hasReachedGoal(this.parts)) return 'goal';
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
      // While the first batch and then the step are made; the step waits for it, and has its fault.
      task.model.initialize?.().catch(() => undefined);
      while (state.batch < task.stepsPerEpoch && this.stop.reason === undefined) {
        const startMs = performance.now();
        const batch = await this.received(next);
        // The next batch is fetched while the step runs.
        if (state.batch + 1 < task.stepsPerEpoch) next = startFetch(batches);
        await this.trainStep(batch, startMs);
        // Also behind the last step: the evaluation that follows may take long.
        if (keeper.isDueAfterStep(state.step)) await this.save();
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
      return await together(parts.job, async () => {
        const result = await next;
        if (result.done !== true) return result.value;
        const { stepsPerEpoch } = parts.task;
        throw new Error(`epoch ${state.epoch + 1} ended after ${state.batch} of ${stepsPerEpoch} batches`);
      });
    } catch (error) {
      await this.saveBeforeFault();
      throw error;
    }
  }

  private async trainStep(batch: TrainingBatch, startMs: number): Promise<void> {
    const { state, guard, parts } = this;
    const { task, options, job } = parts;
    const learningRate = options.schedule(state.step);
    const { isFinite, scalars: own } = scalarsOf(await task.step({ ...batch.inputs, learningRate }));
    const scalars = await this.stop.share(own);
    const loss = scalars['train/loss'];
    state.step++;
    state.batch++;
    if (isFinite) {
      guard.finite();
      state.intervalMeans.add(scalars);
      state.epochMeans.add(scalars);
    } else {
      const files = (await gatherJson(job, batch.files)).flat();
      guard.notFinite(state.step, loss, { ...batch, files });
      options.log.warn(`step ${state.step}: the loss or gradient is not finite (loss ${loss}); nothing was changed`);
    }
    state.nonFiniteInRow = guard.inRow;
    const stepMs = performance.now() - startMs;
    // The first step of a sitting compiles its graph: it does not count for the speed.
    if (this.hasStepped) {
      state.trainedImages += batch.imageCount * job.size;
      state.trainedSeconds += stepMs / 1000;
    }
    this.hasStepped = true;
    if (state.step % (options.logEvery ?? 20) === 0) this.logInterval(learningRate);
    const { epoch, batch: done, imagesPerSecond } = state;
    this.progress.step({ epoch, batch: done, loss, imagesPerSecond, stepMs });
    if (guard.isAtLimit) {
      await this.saveBeforeFault();
      await together(job, () => {
        if (job.rank === 0) throw guard.fault();
      });
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
    await this.stop.share();
    // What was measured until a signal came says nothing, and is measured after a resume.
    if (held === undefined || (isEvaluated && this.stop.reason !== undefined)) return;
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
    const isMeasured = held[task.bestMetric.name] !== undefined;
    const isGain = isEvaluated && isBetter(held, state.best?.metrics, task.bestMetric);
    if (isEvaluated) {
      if (run.isWriting) metrics.pictures(state.step, await this.pictures());
      state.withoutGain = isGain ? 0 : state.withoutGain + 1;
      if (isGain) {
        if (run.isWriting) await this.keepBest();
        state.best = epochMetrics;
        state.bestStep = isMeasured ? state.step : null;
      }
    }
    state.epoch++;
    state.batch = 0;
    state.epochMeans.reset();
    run.writeSummary(makeSummary({ ...parts, stoppedBy: this.stopReason() }));
    // The checkpoint of the best epoch is kept, so there is one of each that was the best for a time.
    const isDue = keeper.isDueAfterEpoch() || (isGain && isMeasured);
    if (isDue && !isFinished(parts)) await this.save();
  }

  // Nothing but TensorBoard misses them: a fault here ends no training.
  private async pictures(): Promise<readonly Picture[]> {
    const { task, options } = this.parts;
    try {
      return (await task.pictures?.()) ?? [];
    } catch (error) {
      options.log.warn(`step ${this.state.step}: no pictures for TensorBoard: ${(error as Error).message}`);
      return [];
    }
  }

  private async keepBest(): Promise<void> {
    const { task, run } = this.parts;
    await task.saveWeights(run.weightsPath);
    const found = task.examples?.found?.();
    if (found !== undefined) run.writeJson(EXAMPLES_FILE, found);
  }

  // Undefined if a signal ended it.
  private async evaluate(): Promise<Record<string, number> | undefined> {
    const { task } = this.parts;
    const startMs = performance.now();
    try {
      const result = await task.evaluate(this.state.epoch, this.stop.signal);
      this.progress.evaluated(performance.now() - startMs);
      return result;
    } catch (error) {
      if (isAgreed(error)) await this.stop.share();
      if (this.stop.reason !== undefined) return undefined;
      await this.saveBeforeFault();
      throw error;
    }
  }

  // The fault that ends the run is the one to be told of, not that the state could not be saved after it.
  private async saveBeforeFault(): Promise<void> {
    const { run, options } = this.parts;
    try {
      await this.save();
      options.log.info(`${run.path}: saved at step ${this.state.step}; go on with --resume`);
    } catch (error) {
      options.log.warn(`the state of step ${this.state.step} could not be saved: ${(error as Error).message}`);
    }
  }

  private async save(): Promise<void> {
    const { keeper, metrics, run } = this.parts;
    if (!run.isWriting) return;
    await keeper.save({ ...this.state.snapshot(), metricsBytes: metrics.flushedBytes() });
  }
}
