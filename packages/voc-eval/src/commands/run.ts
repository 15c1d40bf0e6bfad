import { defineCommand, type Command } from '@featuremine/command-line';
import { z } from 'zod';
import { evaluateVoc } from '../evaluate-voc';
import { formatEvaluation } from '../format-evaluation';
import { loadDetections, loadGroundTruth } from '../inputs/load-evaluation';
import { parseIouThresholds } from '../iou-thresholds';

const schema = z.object({
  voc: z.string().optional().describe('VOCdevkit folder with the annotations'),
  set: z.string().optional().describe('Image sets such as 2007/test, several with commas'),
  classes: z.array(z.string()).optional().describe('Evaluated classes; those of the annotations by default'),
  detections: z.string().describe('Folder of devkit files comp[34]_det_*_<class>.txt, or one such file'),
  protocol: z.enum(['voc07', 'voc10']).default('voc10').describe('VOC 2007 (11 points) or VOC 2010 on (area)'),
  iou: z.string().default('0.5').describe('IoU that a match needs, or a range to average over: 0.50:0.95'),
  plusOne: z.boolean().default(true).describe("The devkit's +1 in box widths; --no-plus-one leaves it out"),
  difficult: z.enum(['ignore', 'ordinary']).default('ignore').describe('What difficult objects are'),
});

/** `voc-eval run`: detections in, average precision out. */
export const runCommand: Command = defineCommand({
  name: 'run',
  summary: 'Average precision of detections, per class and mean.',
  examples: ['voc-eval run --voc VOCdevkit --set 2007/test --detections results/VOC2007/Main --protocol voc07'],
  schema,
  run(options, context) {
    const groundTruth = loadGroundTruth(options, context.log);
    const detections = loadDetections({ path: options.detections, groundTruth, set: options.set, log: context.log });
    const evaluation = evaluateVoc({
      groundTruth,
      detections,
      protocol: options.protocol,
      iouThresholds: parseIouThresholds(options.iou),
      isPixelInclusive: options.plusOne,
      ignoresDifficult: options.difficult === 'ignore',
    });
    context.output(evaluation);
    context.print(formatEvaluation(evaluation, `${evaluation.protocol}, IoU ≥ ${evaluation.iou}`));
  },
});
