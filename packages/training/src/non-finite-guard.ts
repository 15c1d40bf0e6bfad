import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { writeSafetensors } from '@featuremine/weights';
import type { StoredTensor } from '@featuremine/weights';
import type { RunFolder } from './run-folder';
import type { StepInputs, TrainingBatch } from './task';

/** Options of `NonFiniteGuard`. */
export interface NonFiniteGuardOptions {
  readonly run: RunFolder;
  readonly limit: number;
  readonly inRow: number;
}

const STEPS_FILE = 'non-finite.json';
const BATCH_FILE = 'non-finite.safetensors';

/** Counts steps in a row whose loss or gradient was not finite, and remembers what was in their batches. */
export class NonFiniteGuard {
  private readonly options: NonFiniteGuardOptions;
  private readonly steps: { step: number; loss: string; files: readonly string[] }[] = [];
  private lastInputs: StepInputs = {};
  /** Such steps in a row, those before a resume included. */
  inRow: number;

  constructor(options: NonFiniteGuardOptions) {
    this.options = options;
    this.inRow = options.inRow;
  }

  finite(): void {
    this.inRow = 0;
    this.steps.length = 0;
    this.lastInputs = {};
  }

  notFinite(step: number, loss: number, batch: TrainingBatch): void {
    this.inRow++;
    this.steps.push({ step, loss: String(loss), files: batch.files });
    this.lastInputs = batch.inputs;
  }

  /** True when there were as many in a row as may be. */
  get isAtLimit(): boolean {
    return this.inRow >= this.options.limit;
  }

  /**
   * The error that ends the run at the limit. The files of the batches are then in non-finite.json, and the last batch
   * as the step got it (augmented, with its targets) in non-finite.safetensors.
   *
   * @throws RunFolderError, WeightsError when they cannot be written
   */
  fault(): DatasetError {
    const { run } = this.options;
    run.writeJson(STEPS_FILE, { steps: this.steps });
    const batchPath = join(run.path, BATCH_FILE);
    rmSync(batchPath, { force: true });
    writeSafetensors(batchPath, storedInputs(this.lastInputs), { step: String(this.steps.at(-1)?.step ?? '') });
    const files = [...new Set(this.steps.flatMap((step) => step.files))];
    const shown = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
    return new DatasetError({
      where: `step ${this.steps.at(-1)?.step ?? 0}`,
      found: `${this.inRow} steps in a row without a finite loss or gradient (images: ${shown})`,
      expected: 'finite numbers',
      fix:
        `Lower --lr or set --clip-norm, and look at the images listed in ${join(run.path, STEPS_FILE)}; ` +
        `the last batch is in ${BATCH_FILE} beside it`,
    });
  }
}

function storedInputs(inputs: StepInputs): Map<string, StoredTensor> {
  const dtypes = { float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' } as const;
  return new Map(
    Object.entries(inputs).map(([name, value]): [string, StoredTensor] => {
      if (typeof value === 'number') return [name, { dtype: 'F32', shape: [], data: Float32Array.of(value) }];
      return [name, { dtype: dtypes[value.dtype], shape: value.shape, data: value.data }];
    }),
  );
}
