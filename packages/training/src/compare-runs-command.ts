import { defineCommand, formatTable, type Command } from '@featuremine/command-line';
import { writeFileAtomic } from '@featuremine/files';
import { z } from 'zod';
import { differencesOf, runsTable } from './compared-runs';
import { comparedRunsPage } from './compared-runs-page';
import { readStoredRuns } from './stored-run';

/** As many as the colours of a chart tell apart. */
const MOST_RUNS = 8;
/** Longer values are cut in the text; the page and --json have them whole. */
const WIDEST_VALUE = 40;

const schema = z.object({
  runs: z
    .array(z.string())
    .refine((paths) => paths.length >= 2 && paths.length <= MOST_RUNS, `two to ${MOST_RUNS} run folders`)
    .describe(`Run folders, two to ${MOST_RUNS}, as train --out writes them; also of trainings that go on`),
  report: z.string().optional().describe('File to write a report to, one HTML page'),
});

/** `compare-runs` of a program that trains: finished or going trainings beside each other, by their run folders. */
export function compareRunsCommand(program: string): Command {
  return defineCommand({
    name: 'compare-runs',
    summary: 'Trainings beside each other: what they reached, in what they differ, and their curves',
    examples: [`${program} compare-runs runs/first runs/second --report compared.html`],
    schema,
    positional: { key: 'runs', describe: 'RUN…', isArray: true },
    run(options, context) {
      const runs = readStoredRuns(options.runs);
      const differences = differencesOf(runs);
      context.output({
        runs: runs.map(({ path, summary }) => ({ path, summary })),
        differences,
      });
      const results = runsTable(runs);
      context.print(formatTable({ columns: results.titles.map((title) => ({ title })), rows: results.rows }));
      if (differences.length > 0) {
        const columns = ['differs', ...runs.map(({ label }) => label)].map((title) => ({ title }));
        const rows = differences.map(({ what, values }) => [what, ...values.map(shortened)]);
        context.print(`\n${formatTable({ columns, rows })}`);
      }
      if (options.report === undefined) return;
      writeFileAtomic(options.report, comparedRunsPage(runs, { results, differences }));
      context.print(`\nreport: ${options.report}`);
    },
  });
}

function shortened(text: string): string {
  return text.length <= WIDEST_VALUE ? text : `${text.slice(0, WIDEST_VALUE - 1)}…`;
}
