import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportExamples, TrainingTask } from '../src';
import { makeLinearTask } from './support/linear-task';
import { keepingLogger, temporaryFolder, trainIn } from './support/run-files';

/** A task whose errors are given, and whose examples are the number of the evaluation. */
function taskWithExamples(errors: readonly number[], section?: ReportExamples['section']): TrainingTask {
  let evaluated = -1;
  const evaluate = (epoch: number): Record<string, number> => {
    evaluated = epoch;
    return { error: errors[epoch] };
  };
  return {
    ...makeLinearTask({ hooks: { evaluate } }),
    examples: {
      found: () => ({ epoch: evaluated }),
      section: section ?? ((found) => Promise.resolve({ title: 'Examples', body: `<p>${JSON.stringify(found)}</p>` })),
    },
  };
}

const reportOf = (path: string): string => readFileSync(join(path, 'report.html'), 'utf8');

describe('the examples of a report', () => {
  it('are those of the best epoch', async () => {
    const path = temporaryFolder();
    await trainIn(path, taskWithExamples([3, 1, 2]));
    expect(JSON.parse(readFileSync(join(path, 'examples.json'), 'utf8'))).toEqual({ epoch: 1 });
    expect(reportOf(path)).toContain('<h2>Examples</h2>\n<p>{"epoch":1}</p>');
  });

  it('are kept over a resume, and give way to better ones', async () => {
    const path = temporaryFolder();
    const errors = [1, 2, 0];
    await trainIn(path, taskWithExamples(errors), { epochs: 1 });
    await trainIn(path, taskWithExamples(errors), { epochs: 2, resume: true });
    expect(reportOf(path)).toContain('{"epoch":0}');
    await trainIn(path, taskWithExamples(errors), { epochs: 3, resume: true });
    expect(reportOf(path)).toContain('{"epoch":2}');
  });

  it('are asked for when a report is written anew', async () => {
    const path = temporaryFolder();
    await trainIn(path, taskWithExamples([3, 1, 2]));
    rmSync(join(path, 'report.html'));
    await trainIn(path, taskWithExamples([3, 1, 2]), { resume: true });
    expect(reportOf(path)).toContain('{"epoch":1}');
  });

  it('end no training where they cannot be shown: a warning says why', async () => {
    const path = temporaryFolder();
    const log = keepingLogger();
    const failing = taskWithExamples([3, 1, 2], () => Promise.reject(new Error('a.jpg is gone')));
    expect(await trainIn(path, failing, { log })).toMatchObject({ stoppedBy: 'finished' });
    expect(log.lines).toContain(`${path}: the report has no examples: a.jpg is gone`);
    expect(reportOf(path)).not.toContain('Examples');
    expect(reportOf(path)).toContain('<h2>Options</h2>');

    writeFileSync(join(path, 'examples.json'), '{"epoch"');
    rmSync(join(path, 'report.html'));
    await trainIn(path, taskWithExamples([3, 1, 2]), { resume: true, log });
    expect(log.lines.at(-1)).toContain('the report has no examples: ');
  });

  it('leave no file where a task has none', async () => {
    const path = temporaryFolder();
    await trainIn(path, makeLinearTask());
    expect(existsSync(join(path, 'examples.json'))).toBe(false);
  });
});
