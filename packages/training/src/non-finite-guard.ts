import { DatasetError } from '@featuremine/errors';
import type { RunFolder } from './run-folder';
import type { TrainingBatch } from './task';

/** Options of `NonFiniteGuard`. */
export interface NonFiniteGuardOptions {
  readonly run: RunFolder;
  readonly limit: number;
  readonly inRow: number;
}

/** Counts steps in a row whose loss or gradient was not finite, and remembers what was in their batches. */
export class NonFiniteGuard {
  private readonly options: NonFiniteGuardOptions;
  private readonly steps: { step: number; loss: string; files: readonly string[] }[] = [];
  /** Such steps in a row, those before a resume included. */
  inRow: number;

  constructor(options: NonFiniteGuardOptions) {
    this.options = options;
    this.inRow = options.inRow;
  }

  finite(): void {
    this.inRow = 0;
    this.steps.length = 0;
  }

  notFinite(step: number, loss: number, batch: TrainingBatch): void {
    this.inRow++;
    this.steps.push({ step, loss: String(loss), files: batch.files });
  }

  /** The error that ends the run when the limit is reached; the batches' files are then in non-finite.json. */
  fault(): DatasetError | undefined {
    const { limit, run } = this.options;
    if (this.inRow < limit) return undefined;
    run.writeJson('non-finite.json', { steps: this.steps });
    const files = [...new Set(this.steps.flatMap((step) => step.files))];
    const shown = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
    return new DatasetError({
      where: `step ${this.steps.at(-1)?.step ?? 0}`,
      found: `${this.inRow} steps in a row without a finite loss or gradient (images: ${shown})`,
      expected: 'finite numbers',
      fix: `Lower --lr or set --clip-norm, and look at the images listed in ${run.path}/non-finite.json`,
    });
  }
}
