import type { Logger } from '@featuremine/command-line';
import { CheckpointError } from '@featuremine/errors';
import type { CheckpointState, RunIdentity } from './checkpoint-state';
import { loadLastCheckpoint, saveCheckpoint } from './checkpoints';
import type { Checkpoint } from './checkpoints';
import { describeChanges } from './config-changes';
import type { TrainableModel } from './task';

/** Options of `CheckpointKeeper`. */
export interface CheckpointKeeperOptions {
  readonly folder: string;
  readonly model: TrainableModel;
  readonly identity: RunIdentity;
  readonly keep: number;
  readonly everySeconds: number;
  readonly everySteps: number | undefined;
  readonly log: Logger;
}

/** Decides when a checkpoint is due, and moves state between model and disk. */
export class CheckpointKeeper {
  private readonly options: CheckpointKeeperOptions;
  private lastMs = performance.now();
  private lastCostMs = 0;

  constructor(options: CheckpointKeeperOptions) {
    this.options = options;
  }

  /**
   * Puts the last sound checkpoint into the model and returns the rest of it; undefined if there is none. What has
   * changed since it was written is named in warnings.
   *
   * @throws CheckpointError if it does not fit the model, or if all are damaged.
   */
  async restore(): Promise<CheckpointState | undefined> {
    const { folder, log, model, identity } = this.options;
    const checkpoint = loadLastCheckpoint(folder, log);
    if (checkpoint === undefined) return undefined;
    for (const change of describeChanges(checkpoint.state, identity)) {
      log.warn(`resuming, but not as it was: ${change}`);
    }
    requireSameVariables(folder, checkpoint, await model.readVariables());
    await model.writeVariables(checkpoint.variables);
    return checkpoint.state;
  }

  /** True after a step if enough time or steps have passed. */
  isDueAfterStep(step: number): boolean {
    const { everySeconds, everySteps } = this.options;
    if (everySteps !== undefined && step % everySteps === 0) return true;
    return performance.now() - this.lastMs >= everySeconds * 1000;
  }

  /** True at the end of an epoch, unless epochs are so short that saving would take over a tenth of the time. */
  isDueAfterEpoch(): boolean {
    return performance.now() - this.lastMs >= 10 * this.lastCostMs;
  }

  /** Saves. @throws RunFolderError */
  async save(state: Omit<CheckpointState, keyof RunIdentity>): Promise<void> {
    const { folder, model, identity, keep } = this.options;
    const startMs = performance.now();
    saveCheckpoint(folder, { variables: await model.readVariables(), state: { ...state, ...identity } }, keep);
    this.lastMs = performance.now();
    this.lastCostMs = this.lastMs - startMs;
  }
}

function requireSameVariables(folder: string, { variables }: Checkpoint, now: ReadonlyMap<string, Float32Array>): void {
  const faults: string[] = [];
  for (const [name, data] of now) {
    const saved = variables.get(name);
    if (saved === undefined) faults.push(`${name} is missing`);
    else if (saved.length !== data.length) faults.push(`${name} has ${saved.length} values, not ${data.length}`);
  }
  for (const name of variables.keys()) if (!now.has(name)) faults.push(`${name} is not in the model`);
  if (faults.length === 0) return;
  const more = faults.length > 5 ? ` and ${faults.length - 5} more` : '';
  throw new CheckpointError({
    where: folder,
    found: `a checkpoint of another model (${faults.slice(0, 5).join('; ')}${more})`,
    fix: 'Resume with the options of config.json as they were, or start in another folder',
  });
}
