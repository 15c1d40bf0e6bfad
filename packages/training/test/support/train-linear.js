'use strict';
// node train-linear.js FOLDER EPOCHS STEP_MS [--resume]: trains the linear model from the built files, to be killed.
const { createLogger } = require('@featuremine/command-line');
const { RunFolder, createSchedule, exitCodeOf, train } = require('@featuremine/training');
const { makeLinearTask } = require('./linear-task.js');

async function main([path, epochs, stepMs, resume]) {
  const log = createLogger({ stream: process.stderr });
  const run = RunFolder.open({ path, resume: resume === '--resume', config: { lr: 0.02 }, log });
  try {
    const beforeStep = () => new Promise((resolve) => setTimeout(resolve, Number(stepMs)));
    const task = makeLinearTask({ hooks: Number(stepMs) > 0 ? { beforeStep } : {} });
    const schedule = createSchedule({ kind: 'cosine', learningRate: 0.02, totalSteps: Number(epochs) * 10 });
    process.stdout.write('started\n');
    const options = { epochs: Number(epochs), schedule, log, checkpointEvery: 3, logEvery: 1, keep: 2 };
    process.exitCode = exitCodeOf(await train(task, run, options));
  } finally {
    run.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = error.exitCode ?? 1;
});
