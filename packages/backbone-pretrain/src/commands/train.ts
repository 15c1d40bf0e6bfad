import { defineCommand, formatDuration, formatTable } from '@featuremine/command-line';
import { asJob } from '@featuremine/mpi';
import { dryRunText, exitCodeOf, isDryRun, type Summary } from '@featuremine/training';
import { trainClassifier } from '../train-classifier';
import { trainSchema } from '../training-options';

/** `backbone-pretrain train`: trains a classifier; prints summary.json with --json. */
export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Train a classifier whose trunk becomes a detector’s backbone',
  examples: [
    'backbone-pretrain train --dataset shapes --model resnet18 --image-size 128 --feature-mining 2 --epochs 10 --out runs/shapes',
    'backbone-pretrain train --config configs/paper/cifar100-resnet56-fm2.json --data data/cifar-100-binary --out runs/c100',
    'mpirun -np 4 node_modules/.bin/backbone-pretrain train --dataset imagenet --data data/imagenet --model resnet50 --batch-size 256 --out runs/in1k',
    'backbone-pretrain train --dataset folder --data class-folders --model resnet50 --weights resnet50.safetensors --out runs/photos',
  ],
  schema: trainSchema,
  hasConfig: true,
  run(options, started) {
    return asJob(started, async (job, context) => {
      const summary = await trainClassifier(options, context.log, job);
      context.output(summary);
      context.print(isDryRun(summary) ? dryRunText(summary) : table(summary, options.out));
      return exitCodeOf(summary);
    });
  },
});

function table(summary: Summary, out: string): string {
  const percent = (value: number | undefined): string => (value === undefined ? '' : `${(100 * value).toFixed(2)} %`);
  const rows = [
    ['best top-1', `${percent(summary.best?.metrics['top1'])} (epoch ${summary.best?.epoch ?? '-'})`],
    ['last top-1', percent(summary.last?.metrics['top1'])],
    ['epochs', String(summary.epochs)],
    ['images/s', summary.imagesPerSecond.toFixed(1)],
    ['time', formatDuration(1000 * summary.seconds)],
    ['run folder', out],
  ];
  return formatTable({ columns: [{ title: 'result' }, { title: '' }], rows });
}
