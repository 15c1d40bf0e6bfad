import { defineCommand, formatTable } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { dryRunText, exitCodeOf, isDryRun, readMetrics } from '@featuremine/training';
import type { VocImageSet } from '@featuremine/voc';
import type { z } from 'zod';
import { anchorCoverage } from '../anchor-coverage';
import { readDetectionSet } from '../data-source';
import { readDetectorConfig } from '../detector-config';
import { diagnose } from '../overfit-diagnosis';
import { suggestAnchors } from '../suggest-anchors';
import { trainDetector } from '../train-detector';
import { trainSchema } from '../train-options';

/** The mAP from which a few images count as learnt by heart: it ends the training. */
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
});

/**
 * `retinanet overfit`: a few images learnt by heart, as a test of data, boxes and settings before a long training. Exit
 * code 2 with a diagnosis when they are not learnt.
 */
export const overfitCommand: Command = defineCommand({
  name: 'overfit',
  summary: 'Learn a few images by heart: a quick test of data and settings before a long training',
  examples: [
    'retinanet overfit --voc VOCdevkit --train 2007/train --model resnet18 --image-size 320 --out runs/overfit',
  ],
  schema,
  hasConfig: true,
  async run(options, context) {
    const summary = await trainDetector(options, context.log, { validatesOnTraining: true, goal: LEARNT });
    if (isDryRun(summary)) {
      context.output(summary);
      return context.print(dryRunText(summary));
    }
    const { images, classNames } = imagesOf(options);
    const { resize, architecture } = readDetectorConfig(options.out);
    const shapes = architecture.anchors;
    const coverage = anchorCoverage(images, resize, shapes);
    const best = summary.best?.metrics ?? {};
    const mAP = best['mAP'] ?? 0;
    const isLearnt = mAP >= LEARNT;
    const suggestion = suggestAnchors(images, resize, shapes);
    const evidence = { images, classNames, coverage, suggestion, lines: readMetrics(options.out), best };
    const diagnosis = isLearnt ? [] : diagnose(evidence);
    context.output({ ...summary, isLearnt, diagnosis, coverage });
    context.print(
      formatTable({
        columns: [{ title: `${images.length} images by heart` }, { title: '', align: 'right' }],
        rows: [
          ['mAP', mAP.toFixed(4)],
          ['objects that an anchor fits at IoU 0.5', `${coverage.fitted} of ${coverage.objects}`],
          ['objects that no anchor fits at IoU 0.4', coverage.missed],
        ],
      }),
    );
    context.print(isLearnt ? 'Learnt: data and settings are sound.' : `Not learnt.\n${diagnosis.join('\n')}`);
    return exitCodeOf(summary) || (isLearnt ? 0 : 2);
  },
});

function imagesOf(options: z.output<typeof schema>): VocImageSet {
  const { onBadBox, classes, limit, train } = options;
  const set = readDetectionSet(
    options,
    { flag: '--train', sets: train },
    { onBadBox, ...(classes ? { classes } : {}) },
  );
  return { ...set, images: set.images.slice(0, limit) };
}
