import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand, startProgress } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { cocoResults, detectionsForDevkit } from '@featuremine/voc-eval';
import { formatEvaluation } from '@featuremine/voc-eval/text';
import { createWorkerPool } from '@featuremine/vision-data';
import { writeDetections } from '@featuremine/voc';
import { trainingFields } from '@featuremine/training';
import { writeFileAtomic } from '@featuremine/files';
import { z } from 'zod';
import { readDetectionSet, setField, sourceName, sourcePlaces } from '../data-source';
import { detectingBy } from '../detect-samples';
import { evaluateBy, evaluationSetOf, judgeDetector } from '../evaluate-detector';
import type { JudgedSet } from '../evaluate-detector';
import { openExportedDetector } from '../export/open-exported-detector';
import { openDetector } from '../open-detector';
import { resizeFrom } from '../resize-option';
import { sizeFields, testFlipField } from '../train-options';

const schema = z.object({
  run: z.string().describe('Run folder of retinanet train'),
  weights: z.string().optional().describe('Other weights than the run’s best'),
  exported: z.string().optional().describe('Folder of an export of the run, which is judged in its place'),
  ...sourcePlaces,
  set: setField,
  protocol: z
    .enum(['voc07', 'voc10', 'coco'])
    .default('voc07')
    .describe('VOC 2007 (11 points), VOC from 2010 on (area), or COCO'),
  iou: z.number().gt(0).max(1).optional().describe('voc07, voc10: IoU that a match needs (0.5)'),
  ...sizeFields,
  onBadBox: z
    .enum(['keep', 'fail', 'skip', 'clip'])
    .default('keep')
    .describe('Faulty boxes of the ground truth: judged as they stand, reported, left out, or trimmed'),
  testFlip: testFlipField,
  scoreThreshold: z.number().min(0).max(1).default(0.05).describe('Detections at or below this score are dropped'),
  batchSize: z.number().int().min(1).default(4).describe('Images per step'),
  precision: z.enum(['float32', 'bfloat16']).optional().describe('Precision of the activations (float32)'),
  workers: trainingFields.workers,
  out: z.string().optional().describe('Folder for the detections as devkit files (of --coco: COCO results)'),
});

/** `retinanet eval`: average precision of a run on an image set. */
export const evalCommand: Command = defineCommand({
  name: 'eval',
  summary: 'Average precision of a trained detector on an image set',
  examples: ['retinanet eval --run runs/voc --voc VOCdevkit --set 2007/test --protocol voc07 --json'],
  schema,
  async run(options, context) {
    refuseUnusedFlags(options);
    const resize = resizeFrom(options);
    const { run, exported: folder } = options;
    const detector =
      folder === undefined
        ? await openDetector(options, { resize, precision: options.precision })
        : await openExportedDetector({ run, folder }, { resize });
    const pool = createWorkerPool({ workers: options.workers });
    try {
      const part = { flag: '--set', sets: options.set };
      const name = sourceName(options, part);
      const imageSet = readDetectionSet(options, part, {
        onBadBox: options.onBadBox,
        classes: detector.classNames,
      });
      if (imageSet.report.otherClassCount > 0) {
        context.log.warn(`${name}: ${imageSet.report.otherClassCount} objects of classes that the run does not know`);
      }
      const progress = startProgress({ label: 'detecting', total: imageSet.images.length });
      const judged = await judgeDetector(evaluationSetOf(imageSet), {
        ...detectingBy(detector),
        isMirrored: options.testFlip,
        batchSize: options.batchSize,
        pool,
        settings: { scoreThreshold: options.scoreThreshold },
        onProgress: (done) => progress.update(done),
      }).finally(() => progress.stop());
      if (options.out !== undefined) writeFound(options.out, options, judged);
      const evaluation = evaluateBy(options.protocol, judged, options.iou);
      context.output(evaluation);
      context.print(formatEvaluation(evaluation, `${evaluation.protocol}, IoU ${evaluation.iou}`));
    } finally {
      await pool.close();
      await detector.close();
    }
  },
});

// What would be left aside in silence.
function refuseUnusedFlags({ protocol, iou, exported, weights, precision }: z.output<typeof schema>): void {
  if (protocol === 'coco' && iou !== undefined) {
    throw new ConfigError({
      where: '--iou',
      found: 'with --protocol coco, which has its own thresholds',
      expected: '--protocol voc07 or voc10',
      fix: 'Leave it out, or choose another protocol',
    });
  }
  if (exported !== undefined && (weights !== undefined || precision !== undefined)) {
    throw new ConfigError({
      where: weights !== undefined ? '--weights' : '--precision',
      found: 'with --exported, which has its own weights and precision',
      fix: 'Leave it out, or judge the run without --exported',
    });
  }
}

// COCO results for COCO's ground truth, else the devkit's files.
function writeFound(
  folder: string,
  { coco, set }: { readonly coco?: string | undefined; readonly set?: string | undefined },
  { groundTruth, detections }: JudgedSet,
): void {
  if (coco === undefined) {
    const name = (set ?? 'all').replace(/^.*\//, '');
    writeDetections({ folder, set: name, detections: detectionsForDevkit(groundTruth, detections) });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(join(folder, 'detections.json'), JSON.stringify(cocoResults(groundTruth, detections)));
}
