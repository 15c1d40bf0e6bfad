import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';

/** Options of `RunFolder.open`. */
export interface RunFolderOptions {
  readonly path: string;
  /** True goes on with the run in the folder; false refuses a folder that holds one. */
  readonly resume: boolean;
  /** All resolved options of the command; goes to config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly log: Logger;
}

/**
 * The folder of a training run: config.json, metrics.jsonl, summary.json, weights.safetensors (best), checkpoint/,
 * tensorboard/. One process at a time: a lock file names it until `close`.
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes or reopens a run folder.
   *
   * @throws RunFolderError if it holds a run and `resume` is false, if another process has it, or if it cannot be
   * written.
   */
  static open(options: RunFolderOptions): RunFolder {
    return new RunFolder(options.path);
  }

  /** The best weights. */
  get weightsPath(): string {
    return join(this.path, 'weights.safetensors');
  }

  /** Releases the lock. Safe to call twice. */
  close(): void {
    return undefined;
  }
}
