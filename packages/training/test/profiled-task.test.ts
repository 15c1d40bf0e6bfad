import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { profiledTask } from '../src';
import { makeLinearTask } from './support/linear-task';
import { keepingLogger, temporaryFolder, trainIn } from './support/run-files';

describe('profiledTask', () => {
  it('traces the steps behind the warm-up, also over the end of an epoch, and changes none', async () => {
    let steps = 0;
    const seen: string[] = [];
    const hooks = {
      beforeStep: () => {
        steps++;
      },
    };
    const folder = temporaryFolder();
    const lines: string[] = [];
    const task = profiledTask(makeLinearTask({ stepsPerEpoch: 4, hooks }), {
      startProfile: () => {
        seen.push(`start after ${steps}`);
        return () => {
          seen.push(`stop after ${steps}`);
          return { traced: steps - 3 };
        };
      },
      tableOf: ({ traced }) => `${traced} steps\nin a table`,
      folder,
      log: { ...silentLogger, info: (line: string) => void lines.push(line) },
      warmupSteps: 3,
      steps: 2,
    });
    const summary = await trainIn(join(folder, 'run'), task, { epochs: 2 });
    const plain = await trainIn(temporaryFolder(), makeLinearTask({ stepsPerEpoch: 4 }), { epochs: 2 });
    expect(summary.last).toEqual(plain.last);
    expect(seen).toEqual(['start after 3', 'stop after 5']);
    expect(JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8'))).toEqual({ traced: 2 });
    expect(lines).toEqual(['2 steps', 'in a table']);
  });

  /** Warm-up of three steps, five traced; `traced` counts the steps between start and stop. */
  async function trainSteps(stepsPerEpoch: number): Promise<{ folder: string; isTracing: boolean; lines: string[] }> {
    const folder = temporaryFolder();
    const log = keepingLogger();
    let [steps, isTracing] = [0, false];
    const task = profiledTask(makeLinearTask({ stepsPerEpoch, hooks: { beforeStep: () => void steps++ } }), {
      startProfile: () => {
        isTracing = true;
        return () => {
          isTracing = false;
          return { traced: steps - 3 };
        };
      },
      ...{ tableOf: ({ traced }) => `${traced} steps`, folder, log, warmupSteps: 3 },
    });
    await trainIn(join(folder, 'run'), task, { epochs: 1 });
    return { folder, isTracing, lines: log.lines };
  }

  it('gives the steps that were traced until the run ended, and traces no more', async () => {
    const { folder, isTracing, lines } = await trainSteps(5);
    expect(JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8'))).toEqual({ traced: 2 });
    expect({ isTracing, lines }).toEqual({ isTracing: false, lines: ['2 steps'] });
  });

  it('warns where a run ended before the first traced step', async () => {
    const { folder, lines } = await trainSteps(3);
    expect(existsSync(join(folder, 'profile.json'))).toBe(false);
    expect(lines).toEqual(['no profile: 3 steps were taken, and tracing begins behind 3']);
  });
});
