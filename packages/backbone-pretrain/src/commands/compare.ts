import { join } from 'node:path';
import { defineCommand } from '@featuremine/command-line';
import { writeFileAtomic } from '@featuremine/files';
import { compareArms, comparisonText } from '../reproduce/compare';
import { comparisonPlan, comparisonPlanText } from '../reproduce/compare-plan';
import { compareSchema } from '../reproduce/compare-options';
import { comparisonPage } from '../reproduce/comparison-page';

/** `backbone-pretrain compare`: trainings that differ in a few options, over several seeds, compared in pairs. */
export const compareCommand = defineCommand({
  name: 'compare',
  summary: 'Train several arms with the same seeds and compare them in pairs',
  examples: [
    'backbone-pretrain compare --config configs/experiments/small-samples.json --data data/cifar-10-batches-bin --out runs/small-samples',
    'backbone-pretrain compare --set base.dataset=shapes --set arms.plain.featureMining=0 --set arms.mined.featureMining=2 --out runs/two-arms',
  ],
  schema: compareSchema,
  hasConfig: true,
  async run(options, context) {
    if (options.dryRun) {
      const plan = await comparisonPlan(options, context.log);
      context.output(plan);
      context.print(comparisonPlanText(plan));
      return 0;
    }
    const comparison = await compareArms(options, context.log);
    context.output(comparison);
    context.print(comparisonText(comparison));
    const report = join(options.out, 'report.html');
    writeFileAtomic(report, comparisonPage(comparison, options));
    context.print(`report: ${report}`);
    if (comparison.interruptedBy !== undefined) context.log.warn('interrupted: the same command goes on from here');
    return comparison.interruptedBy ?? 0;
  },
});
