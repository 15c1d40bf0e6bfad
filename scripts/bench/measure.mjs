// Inside a contender's process: times steps and prints the one line that main.mjs reads.
import { peakMbOf } from './process-files.mjs';

/** The options that main.mjs passes, with the number of steps and threads. */
export function contenderOptions() {
  return { steps: 3, warmup: 2, threads: 2, ...JSON.parse(process.argv[2] ?? '{}') };
}

/**
 * Runs `step` warm-up + steps times, and prints {imagesPerSecond (of the fastest step), stepMs, peakRssMb, …note()}.
 * The first warm-up steps record, compile and tune; they are not counted. `after` measures something more, and gives
 * further figures. Of several processes that measure together, one prints.
 */
export async function measureSteps({ options, step, note = () => ({}), after = () => ({}), isPrinting = true }) {
  const started = performance.now();
  for (let i = 0; i < options.warmup; i++) await step(i);
  const warmupMs = performance.now() - started;
  const stepMs = [];
  for (let i = 0; i < options.steps; i++) {
    const begin = performance.now();
    await step(options.warmup + i);
    stepMs.push(performance.now() - begin);
  }
  const result = {
    imagesPerSecond: (1000 * options.batchSize) / Math.min(...stepMs),
    stepMs,
    warmupMs,
    peakRssMb: peakRssMb(),
    ...note(),
    ...(await after()),
  };
  if (!isPrinting) return;
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Peak memory of this process so far, in MiB. */
// VmHWM is of this program; what getrusage gives also counts the parent before exec.
export function peakRssMb() {
  return peakMbOf('self') || process.resourceUsage().maxRSS / 1024;
}
