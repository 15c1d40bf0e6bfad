// Rows of training on several processes: a job of two on this machine, which has the batch and the threads of the process
// alone; and the step of one process when it is split as for a job, without sending anything.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const ours = (script, options) => ({ runtime: 'node', script: join(here, script), options });

function allReduceRow(precision) {
  const options = { model: 'resnet50', imageSize: 224, batchSize: 16, numClasses: 1000, precision };
  return {
    name: `all-reduce-${precision}`,
    group: 'all-reduce',
    title: `resnet50 training step on two processes of one thread each, 16x224x224 together, ${precision}`,
    settings: { steps: 4 },
    contenders: {
      'two processes': ours('job-step.mjs', { ...options, ranks: 2 }),
      'one process': ours('classifier-step.mjs', options),
      'one process, split': ours('job-step.mjs', { ...options, ranks: 1 }),
    },
    extra: {},
  };
}

export const distributedRows = ['float32', 'bfloat16'].map(allReduceRow);
