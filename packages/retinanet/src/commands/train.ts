import { defineCommand, formatDuration } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { asJob } from '@featuremine/mpi';
import { dryRunText, exitCodeOf, isDryRun } from '@featuremine/training';
import { trainDetector } from '../train-detector';
import { trainSchema } from '../train-options';

/** `retinanet train`: VOC data and a backbone in, a run folder out. */
export const trainCommand: Command = defineCommand({
  name: 'train',
  summary: 'Train a RetinaNet on VOC data, from a pretrained backbone or from nothing',
  examples: [
    'retinanet train --voc VOCdevkit --train 2007/trainval,2012/trainval --backbone resnet50.safetensors --min-size 600 --max-size 1000 --out runs/voc',
    'retinanet train --voc VOCdevkit --train 2007/train --val 2007/val --backbone none --image-size 320 --epochs 50 --out runs/scratch',
    'mpirun -np 4 node_modules/.bin/retinanet train --voc VOCdevkit --train 2007/trainval --backbone resnet50.safetensors --batch-size 16 --out runs/four',
    'retinanet train --voc VOCdevkit --train 2007/train --image-size 512 --out runs/voc --dry-run',
    'retinanet train --config configs/retinanet-voc0712.json --voc VOCdevkit --out runs/voc --resume',
  ],
  schema: trainSchema,
  hasConfig: true,
  run(options, started) {
    return asJob(started, async (job, context) => {
      const summary = await trainDetector(options, context.log, { job });
      context.output(summary);
      if (isDryRun(summary)) return context.print(dryRunText(summary));
      const best = summary.best?.metrics['mAP'];
      const score = best === undefined ? '' : `, best mAP ${best.toFixed(4)} after epoch ${summary.best!.epoch}`;
      context.print(`${options.out}: ${summary.epochs} epochs in ${formatDuration(summary.seconds * 1000)}${score}`);
      return exitCodeOf(summary);
    });
  },
});
