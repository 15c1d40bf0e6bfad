import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { profiledTask } from '../src';
import { makeLinearTask } from './support/linear-task';
import { temporaryFolder, trainIn } from './support/run-files';

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
});
