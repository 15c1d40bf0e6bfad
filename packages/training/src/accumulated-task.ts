import type { StepInputs, StepTensor, TrainingBatch, TrainingTask } from './task';

/** A step over several batches: one update, whose scalar outputs are means over them. */
export type AccumulatedStep = (parts: readonly StepInputs[]) => Promise<Record<string, StepTensor>>;

/**
 * Makes a task of a step that takes `size` batches at once (accumulated gradients). The trainer sees each group of
 * batches as one: its steps are updates, so that schedules, logs and checkpoints count updates. An incomplete group at
 * the end of an epoch is left out.
 *
 * `stepsPerEpoch` and `batches` are those of single batches.
 */
export function accumulatedTask(
  task: Omit<TrainingTask, 'step'> & { readonly step: AccumulatedStep },
  size: number,
): TrainingTask {
  const { step, ...rest } = task;
  return {
    ...rest,
    stepsPerEpoch: Math.floor(task.stepsPerEpoch / size),
    step: (inputs) => step(separate(inputs, size)),
    batches: (epoch, startBatch) => groups(task.batches(epoch, startBatch * size), size),
  };
}

async function* groups(batches: AsyncIterable<TrainingBatch>, size: number): AsyncGenerator<TrainingBatch> {
  let group: TrainingBatch[] = [];
  for await (const batch of batches) {
    group.push(batch);
    if (group.length < size) continue;
    yield together(group);
    group = [];
  }
}

// The inputs of batch i are named `i/…`.
function together(group: readonly TrainingBatch[]): TrainingBatch {
  const named = group.flatMap(({ inputs }, i) =>
    Object.entries(inputs).map(([name, value]) => [`${i}/${name}`, value]),
  );
  return {
    inputs: Object.fromEntries(named) as StepInputs,
    imageCount: group.reduce((sum, { imageCount }) => sum + imageCount, 0),
    files: group.flatMap(({ files }) => files),
  };
}

function separate(inputs: StepInputs, size: number): StepInputs[] {
  const { learningRate } = inputs;
  const parts = Array.from({ length: size }, (): StepInputs => ({ learningRate }));
  for (const [name, value] of Object.entries(inputs)) {
    const slash = name.indexOf('/');
    if (slash > 0) parts[Number(name.slice(0, slash))][name.slice(slash + 1)] = value;
  }
  return parts;
}
