// Measures one row: its contenders in turn, forth and back (A B C C B A …), each time in a fresh process.
// A further mode of a peer (torch.compile, PIL) runs twice; one that is the slower mode by then runs no more.
import { runContender } from './contender-process.mjs';
import { summarise } from './summary.mjs';

const RUNS_OF_EACH_MODE = 2;

/**
 * The row's figures. `contenders` are those to measure, by name; `settings` what all get; runs that `unfinished` has are
 * taken, and all are kept there, until the row has all of them without a failure. `say` gets a line a run.
 */
export async function measureRow({ row, contenders, settings, unfinished, say }) {
  const { repetitions, steps, warmup, threads, rounds } = settings;
  const device = row.device ?? 'cpu';
  const runs = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const isOut = (name) => repetition >= RUNS_OF_EACH_MODE && isSlowerMode(name, row, runs);
    const names = Object.keys(contenders).filter((name) => !isOut(name));
    if (repetition % 2 === 1) names.reverse();
    for (const name of names) {
      const known = unfinished?.run(name, repetition);
      const run = known ?? (await runContender(contenders[name], { steps, warmup, threads, device }));
      if (known === undefined) unfinished?.keep(name, repetition, run);
      runs[name].push(run);
      const found = run.error ?? `${run.imagesPerSecond.toFixed(2)} images/s, ${run.peakRssMb.toFixed(0)} MB`;
      say(`  ${repetition + 1}/${repetitions} ${name}: ${found}${known === undefined ? '' : ' (measured before)'}`);
    }
  }
  const paired = row.paired ? await runContender(row.paired, { rounds, warmup, threads, device }) : undefined;
  const onGpu = device === 'cpu' ? {} : { device };
  return { ...summarise(row, runs, paired), settings: { repetitions, steps, warmup, threads, ...onGpu } };
}

/** Whether `name` is a further mode of a contender that was faster. */
function isSlowerMode(name, { extra }, runs) {
  const fastestOf = (list) => Math.min(...list.flatMap(({ stepMs = [] }) => stepMs));
  return name in extra && fastestOf(runs[name]) > fastestOf(runs[extra[name].modeOf]);
}
