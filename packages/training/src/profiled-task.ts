import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { writeRunFile } from './run-files';
import type { TrainingTask } from './task';

/** How steps are traced, and where the result goes. */
export interface StepProfiler<Profile> {
  /** Begins to trace; the function that it returns ends that (tensor-graph's `model.startProfile`). */
  startProfile(): () => Profile;
  /** The result as text. */
  tableOf(profile: Profile): string;
  /** The run folder, where profile.json is written. */
  readonly folder: string;
  readonly log: Logger;
  /** Steps before the first traced one, which compile and tune: 5. */
  readonly warmupSteps?: number;
  /** Steps that are traced: 5. */
  readonly steps?: number;
}

/**
 * The same task; a few of its first steps are traced, and their times printed and written as profile.json. A sitting that
 * ends earlier gives what was traced until then, or a warning where that is nothing.
 */
export function profiledTask<Profile>(task: TrainingTask, profiler: StepProfiler<Profile>): TrainingTask {
  const { warmupSteps = 5, steps = 5, folder, log } = profiler;
  let done = 0;
  let stop: (() => Profile) | undefined;
  const write = (profile: Profile): void => {
    stop = undefined;
    writeRunFile(join(folder, 'profile.json'), `${JSON.stringify(profile, null, 2)}\n`);
    for (const line of profiler.tableOf(profile).split('\n')) log.info(line);
  };
  return {
    ...task,
    async step(inputs) {
      if (done === warmupSteps) stop = profiler.startProfile();
      const outputs = await task.step(inputs);
      done++;
      if (done === warmupSteps + steps && stop !== undefined) write(stop());
      return outputs;
    },
    ended() {
      task.ended?.();
      if (stop !== undefined) write(stop());
      else if (done <= warmupSteps)
        log.warn(`no profile: ${done} steps were taken, and tracing begins behind ${warmupSteps}`);
    },
  };
}
