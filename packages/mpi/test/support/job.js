'use strict';
// mpirun -np N node job.js SCENE: one rank of a small job, run from the built files.
const { createLogger } = require('@featuremine/command-line');
const { UserError, ReportedElsewhere } = require('@featuremine/errors');
const { asJob, broadcastJson, gatherJson, together } = require('@featuremine/mpi');

const SCENES = {
  async exchange(job) {
    const single = Float32Array.of(1, 2, job.rank);
    await job.sum(single);
    const double = Float64Array.of(0.1, job.rank);
    await job.sum(double);
    const sent = job.rank === 0 ? Float32Array.of(7, 8) : new Float32Array(2);
    await job.broadcast(sent);
    const parts = await job.gather(new Uint8Array(job.rank * 2).fill(job.rank));
    const gathered = parts.map((bytes) => [...bytes]);
    const named = await gatherJson(job, { rank: job.rank });
    const first = await broadcastJson(job, job.rank === 0 ? 'from 0' : 'lost');
    const value = await together(job, () => 5);
    return {
      size: job.size,
      local: job.localSize,
      single: [...single],
      double: [...double],
      sent: [...sent],
      gathered,
      named,
      first,
      value,
    };
  },
  async fault(job) {
    await together(job, () => {
      if (job.rank === 1) throw new UserError({ where: 'images/3.jpg', found: 'no image', fix: 'Remove it' });
    });
  },
  async lone(job) {
    if (job.rank === 1) throw new Error('out of memory');
    await job.sum(new Float32Array(1));
  },
  async killed(job) {
    if (job.rank === 1) process.kill(process.pid, 'SIGKILL');
    await job.sum(new Float32Array(1));
  },
};

const context = {
  json: true,
  debug: false,
  log: createLogger({ stream: process.stderr }),
  output: (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  print: () => undefined,
};

asJob(context, async (job, own) => own.output((await SCENES[process.argv[2]](job)) ?? {})).catch((error) => {
  process.exitCode = error.exitCode ?? 1;
  if (!(error instanceof ReportedElsewhere)) process.stderr.write(`${error.message}\n`);
});
