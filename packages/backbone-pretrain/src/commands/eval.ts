import { defineCommand } from '@featuremine/command-line';
import { evaluateRun } from '../evaluate-run';
import { evalSchema } from '../training-options';

/** `backbone-pretrain eval`: measures the best weights of a run. */
export const evalCommand = defineCommand({
  name: 'eval',
  summary: 'Measure the best weights of a run on the held-out part of a data set',
  examples: [
    'backbone-pretrain eval --run runs/shapes --json',
    'backbone-pretrain eval --run runs/c100 --dataset cifar100 --data data/cifar-100-binary',
  ],
  schema: evalSchema,
  async run(options, context) {
    const result = await evaluateRun(options);
    context.output(result);
    const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
    context.print(
      `top-1 ${percent(result.top1)}, top-5 ${percent(result.top5)}, loss ${result.loss.toFixed(4)} ` +
        `on ${result.images} images (${result.dataset} ${result.split})`,
    );
  },
});
