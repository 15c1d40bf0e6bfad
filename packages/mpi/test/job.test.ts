import { join } from 'node:path';
import { asJob } from '../src';
import { silentLogger } from '@featuremine/command-line';
import { describeMpi, runJob } from './support/mpirun';

const script = join(__dirname, 'support/job.js');

describeMpi('a job of 3 ranks', () => {
  it('adds up, broadcasts and gathers; rank 0 alone prints', async () => {
    const { code, stdout, stderr } = await runJob(3, [script, 'exchange']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      size: 3,
      local: 3,
      single: [3, 6, 3],
      double: [expect.closeTo(0.3, 12), 3],
      sent: [7, 8],
      gathered: [[], [1, 1], [2, 2, 2, 2]],
      named: [{ rank: 0 }, { rank: 1 }, { rank: 2 }],
      first: 'from 0',
      value: 5,
    });
  });

  const repetitions = process.env['FEATUREMINE_LONG'] === '1' ? 150 : 4;
  it(`does so ${repetitions} times without a crash`, async () => {
    for (let i = 0; i < repetitions; i++) {
      const { code, stderr } = await runJob(3, [script, 'exchange']);
      expect([i, code, stderr]).toEqual([i, 0, '']);
    }
  }, 600_000);

  it('ends in order when one rank has a fault that all are told of, and tells of it once', async () => {
    const { code, stderr } = await runJob(3, [script, 'fault']);
    expect(stderr).toBe('rank 1, images/3.jpg: no image. Remove it.\n');
    expect(code).toBe(2);
  });

  it('ends at once, with the message, when one rank fails and the others wait', async () => {
    const { code, stderr } = await runJob(3, [script, 'lone']);
    expect(stderr).toContain('rank 1: out of memory');
    expect(code).toBe(1);
  });

  it('ends when a rank is killed', async () => {
    const { code } = await runJob(3, [script, 'killed']);
    expect(code).not.toBe(0);
  });
});

describe('asJob', () => {
  it('is a job of one for a process that was started alone', async () => {
    const printed: unknown[] = [];
    const context = {
      ...{ json: true, debug: false, log: silentLogger, print: () => undefined },
      output: (result: object): void => void printed.push(result),
      outputFile: () => Promise.resolve(),
    };
    await asJob(context, ({ size, rank }, own) => Promise.resolve(own.output({ size, rank })));
    expect(printed).toEqual([{ size: 1, rank: 0 }]);
  });
});
