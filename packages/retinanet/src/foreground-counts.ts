import type { Collective } from '@featuremine/mpi';
import type { StepInputs, StepTensor } from '@featuremine/training';

/** The input of a step that holds the foreground anchors of the whole batch, of which a process has a part. */
export const FOREGROUND_COUNT = 'foregroundCount';

/**
 * Adds to the inputs of steps (batches of one update) how many foreground anchors each whole batch has, counted by all
 * processes of a job. Labels of foreground anchors are class ids, from 0.
 */
export async function withForegroundCounts(
  job: Pick<Collective, 'sum'>,
  batches: readonly StepInputs[],
): Promise<StepInputs[]> {
  const counts = Float64Array.from(batches, ({ labels }) => countFrom0((labels as StepTensor).data));
  await job.sum(counts);
  return batches.map((inputs, i) => ({ ...inputs, [FOREGROUND_COUNT]: counts[i] }));
}

function countFrom0(labels: StepTensor['data']): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) count++;
  return count;
}
