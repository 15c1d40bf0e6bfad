import { ReportedElsewhere, UserError } from '@featuremine/errors';
import { isAgreed, singleProcess, together } from '../src';
import { ranksInOneProcess } from './support/ranks';

const fault = new UserError({ where: '3.jpg', found: 'no image', fix: 'Remove it' });

function outcomes(work: (rank: number) => number): Promise<unknown[]> {
  const runs = ranksInOneProcess(3).map((job) => together(job, () => work(job.rank)));
  return Promise.all(runs.map((run) => run.catch((error: unknown) => error)));
}

describe('together', () => {
  it('gives each rank its own result', async () => {
    expect(await outcomes((rank) => rank * 2)).toEqual([0, 2, 4]);
  });

  it('fails everywhere when one rank fails, and names the rank on rank 0', async () => {
    const [first, second, third] = await outcomes((rank) => {
      if (rank === 1) throw fault;
      return rank;
    });
    expect(first).toBeInstanceOf(UserError);
    expect((first as Error).message).toBe('rank 1, 3.jpg: no image. Remove it.');
    for (const error of [second, third]) {
      expect(error).toBeInstanceOf(ReportedElsewhere);
      expect((error as ReportedElsewhere).exitCode).toBe(2);
    }
    expect([first, second, third].every(isAgreed)).toBe(true);
  });

  it("keeps rank 0's own error when all have one, and the code of faults of the program", async () => {
    const [first, second] = await outcomes((rank) => {
      throw rank === 0 ? fault : new Error('out of memory');
    });
    expect(first).toBe(fault);
    expect((second as ReportedElsewhere).exitCode).toBe(2);
    const [, other] = await outcomes(() => {
      throw new Error('out of memory');
    });
    expect((other as ReportedElsewhere).exitCode).toBe(1);
  });

  it('does nothing in a job of one', async () => {
    await expect(together(singleProcess, () => Promise.reject(fault))).rejects.toBe(fault);
    expect(isAgreed(new Error('x'))).toBe(false);
  });
});
