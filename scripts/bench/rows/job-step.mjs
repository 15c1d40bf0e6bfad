// A classifier's training step in a job of options.ranks processes on this machine, which share its batch: started by
// main.mjs as one process, this file starts itself again under mpirun. The ranks share the threads, too.
// With options.ranks 1 the step is split as in a job, but nothing is sent: what the split itself costs.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { joinJob } from '@featuremine/mpi';
import { contenderOptions, measureSteps, peakRssMb } from '../measure.mjs';
import { benchClassifier } from './bench-classifier.mjs';

const options = contenderOptions();
const isRank = process.env.PMI_RANK !== undefined;
if (options.ranks > 1 && !isRank) startRanks();
else await measure();

function startRanks() {
  const words = ['-np', String(options.ranks), process.execPath, fileURLToPath(import.meta.url), process.argv[2]];
  const { status, error } = spawnSync('mpirun', words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) process.stderr.write(`mpirun: ${error.message}. Install it with apt-get install mpich.\n`);
  process.exitCode = status ?? 1;
}

async function measure() {
  const { collective, leave } = joinJob();
  const silent = { size: 2, sum: () => Promise.resolve() };
  const job = options.ranks > 1 ? collective : silent;
  const batchSize = options.batchSize / options.ranks;
  const threads = Math.max(1, Math.floor(options.threads / options.ranks));
  const { model, step } = benchClassifier({ ...options, batchSize, threads, job });
  const exchangeMs = [];
  await measureSteps({
    options,
    step: async (index) => {
      const before = collective.elapsedMs;
      await step(index);
      exchangeMs.push(collective.elapsedMs - before);
    },
    note: () => (collective.size === 1 ? {} : { exchangeMs: exchangeMs.slice(options.warmup) }),
    isPrinting: collective.rank === 0,
    // All ranks are here: none of them waits for another one's step.
    after: async () => {
      if (collective.size === 1) return {};
      const memory = Float64Array.of(peakRssMb());
      await collective.sum(memory);
      return { peakRssMb: memory[0], ...(await bareExchange(collective, model)) };
    },
  });
  await model.dispose();
  await leave();
}

/** The time to sum as many numbers as the model has parameters, in buckets of 25 MB, when nothing else is done. */
async function bareExchange(collective, model) {
  const bucketNumbers = (25 * 1024 * 1024) / 4;
  const parameters = model.variableSpecs.filter(({ isTrainable }) => isTrainable);
  let left = parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const buckets = [];
  for (; left > 0; left -= bucketNumbers) buckets.push(new Float32Array(Math.min(left, bucketNumbers)));
  const times = [];
  for (let round = 0; round < 6; round++) {
    await collective.sum(new Float64Array(1));
    const begin = performance.now();
    for (const bucket of buckets) await collective.sum(bucket);
    times.push(performance.now() - begin);
  }
  return { bareExchangeMs: Math.min(...times.slice(1)) };
}
