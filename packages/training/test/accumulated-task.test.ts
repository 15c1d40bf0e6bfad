import { accumulatedTask } from '../src';
import type { StepInputs, TrainingTask } from '../src';
import { makeLinearTask } from './support/linear-task';
import { metricsOf, temporaryFolder, trainIn } from './support/run-files';

/** The linear task with three batches an update: their gradients are taken one after the other. */
function grouped(seen: StepInputs[][] = []): TrainingTask {
  const { step, ...task } = makeLinearTask({ stepsPerEpoch: 10 });
  return accumulatedTask(
    {
      ...task,
      step: async (parts) => {
        seen.push([...parts]);
        for (const part of parts.slice(1)) await step(part);
        return step(parts[0]);
      },
    },
    3,
  );
}

describe('accumulatedTask', () => {
  it('gives each step the inputs of three batches and the learning rate, and leaves an incomplete group out', async () => {
    const seen: StepInputs[][] = [];
    const task = grouped(seen);
    expect(task.stepsPerEpoch).toBe(3);
    const summary = await trainIn(temporaryFolder(), task, { epochs: 1 });
    expect(summary.steps).toBe(3);
    expect(seen.map((parts) => parts.length)).toEqual([3, 3, 3]);
    expect(Object.keys(seen[0][2]).sort()).toEqual(['learningRate', 'noise', 'x', 'y']);
    const single: StepInputs[] = [];
    for await (const { inputs } of makeLinearTask({ stepsPerEpoch: 10 }).batches(0, 0)) single.push(inputs);
    expect(seen[1][2]['x']).toEqual(single[5]['x']);
  });

  it('names the images of all batches and counts them', async () => {
    for await (const { imageCount, files } of grouped().batches(0, 0)) {
      expect(imageCount).toBe(12);
      expect(files).toHaveLength(12);
    }
  });

  it('resumes within an epoch at the same batches', async () => {
    const whole = temporaryFolder();
    await trainIn(whole, grouped(), { epochs: 2, logEvery: 1 });
    const path = temporaryFolder();
    let steps = 0;
    const task = grouped();
    const stopping: TrainingTask = {
      ...task,
      step: async (inputs) => {
        if (++steps === 3) throw new Error('power cut');
        return task.step(inputs);
      },
    };
    await expect(trainIn(path, stopping, { epochs: 2, logEvery: 1, checkpointEvery: 1 })).rejects.toThrow('power cut');
    await trainIn(path, grouped(), { epochs: 2, logEvery: 1, resume: true });
    expect(metricsOf(path)).toEqual(metricsOf(whole));
  });
});
