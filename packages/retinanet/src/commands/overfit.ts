import { defineCommand, formatTable } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { exitCodeOf } from '@featuremine/training';
import { anchorCoverage } from '../anchor-coverage';
import { readDetectionSet } from '../data-source';
import { trainDetector } from '../train-detector';
import { trainSchema } from '../train-options';
import { planResize } from '../training-plan';

/** The mAP from which a few images count as learnt by heart. */
const LEARNT = 0.95;

const schema = trainSchema.omit({ val: true, valCoco: true, valImages: true }).extend({
  limit: trainSchema.shape.limit.unwrap().default(8).describe('So many images, from the start of the set'),
  epochs: trainSchema.shape.epochs.default(200),
  evaluateEvery: trainSchema.shape.evaluateEvery.default(20),
  flip: trainSchema.shape.flip.default(0),
  optimizer: trainSchema.shape.optimizer.default('adamw'),
  schedule: trainSchema.shape.schedule.default('one-cycle'),
  lr: trainSchema.shape.lr.unwrap().default(0.0005).describe('Highest learning rate'),
  clipNorm: trainSchema.shape.clipNorm.unwrap().default(1).describe('Largest norm of the gradient'),
  protocol: trainSchema.shape.protocol.default('voc10'),
});

/** `retinanet overfit`: a few images learnt by heart, as a test of data, boxes and settings before a long training. */
export const overfitCommand: Command = defineCommand({
  name: 'overfit',
  summary: 'Learn a few images by heart: a quick test of data and settings before a long training',
  examples: [
    'retinanet overfit --voc VOCdevkit --train 2007/train --model resnet18 --image-size 320 --out runs/overfit',
  ],
  schema,
  hasConfig: true,
  async run(options, context) {
    const { coco, train } = options;
    const summary = await trainDetector({ ...options, ...(coco ? { valCoco: coco } : { val: train }) }, context.log);
    const { images } = readDetectionSet(options, { flag: '--train', sets: train }, { onBadBox: options.onBadBox });
    const coverage = anchorCoverage(images.slice(0, options.limit), planResize(options));
    const mAP = summary.best?.metrics['mAP'] ?? 0;
    const isLearnt = mAP >= LEARNT;
    context.output({ ...summary, isLearnt, coverage });
    context.print(
      formatTable({
        columns: [
          { title: `${Math.min(options.limit, images.length)} images by heart` },
          { title: '', align: 'right' },
        ],
        rows: [
          ['mAP', mAP.toFixed(4)],
          ['objects that an anchor fits at IoU 0.5', `${coverage.fitted} of ${coverage.objects}`],
          ['objects that no anchor fits at IoU 0.4', coverage.missed],
        ],
      }),
    );
    context.print(isLearnt ? 'Learnt: data and settings are sound.' : diagnosis(coverage));
    return exitCodeOf(summary);
  },
});

function diagnosis({ missed, objects }: { readonly missed: number; readonly objects: number }): string {
  if (missed * 10 > objects) {
    return `Not learnt: at this image size ${missed} of ${objects} objects are too small or too long for the anchors. Enlarge --image-size.`;
  }
  return 'Not learnt: look at the boxes with their names (retinanet show), give it more --epochs, or another --lr.';
}
