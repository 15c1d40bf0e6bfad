import { ConfigError } from '@featuremine/errors';
import { z } from 'zod';
import { cocoIouThresholds, iouLabel, parseIouThresholds } from '../iou-thresholds';
import type { JudgeOptions } from '../judge';

/** The flags that say what ground truth is read, for all commands that read one. */
export const groundTruthFlags = {
  voc: z.string().optional().describe('VOCdevkit folder with the annotations'),
  set: z.string().optional().describe('Image sets of it such as 2007/test, several with commas'),
  groundTruth: z.string().optional().describe('COCO ground truth, FILE.json, instead of --voc'),
  classes: z.array(z.string()).optional().describe('Classes to be looked at; those of the annotations by default'),
  onBadBox: z
    .enum(['keep', 'skip', 'clip', 'fail'])
    .default('keep')
    .describe('VOC: evaluate odd boxes as they stand, leave them out, clip them to the image, or fail'),
};

/** The flags that say how detections are judged. */
export const protocolFlags = {
  protocol: z
    .enum(['voc07', 'voc10', 'coco'])
    .default('voc07')
    .describe('VOC 2007 (11 points), VOC from 2010 on (area), or COCO'),
  iou: z.string().optional().describe('VOC: IoU that a match needs (0.5), or a range to average over (0.50:0.95)'),
  plusOne: z.boolean().default(true).describe("VOC: the devkit's +1 in box widths; --no-plus-one leaves it out"),
  difficult: z
    .enum(['ignore', 'ordinary', 'crowd'])
    .default('ignore')
    .describe('What difficult objects are; crowd is for the COCO protocol'),
};

/** How intervals are drawn. */
export const seedFlag = { seed: z.int().min(0).default(0).describe('Seed of the bootstrap') };

type ProtocolOptions = z.output<z.ZodObject<typeof protocolFlags>>;

/** The judging that the flags ask for; a ConfigError for those that do not go together. */
export function judgeOptionsOf(options: ProtocolOptions): Omit<JudgeOptions, 'groundTruth' | 'detections'> {
  const { protocol, iou, plusOne, difficult } = options;
  if (protocol === 'coco' && (iou !== undefined || !plusOne)) {
    throw new ConfigError({
      where: iou !== undefined ? '--iou' : '--no-plus-one',
      found: 'with --protocol coco, which has its own thresholds and box widths',
      expected: '--protocol voc07 or voc10',
      fix: 'Leave it out, or choose another protocol',
    });
  }
  if (protocol !== 'coco' && difficult === 'crowd') {
    throw new ConfigError({
      where: '--difficult',
      found: `crowd with --protocol ${protocol}, which has no crowds`,
      expected: 'ignore or ordinary',
      fix: 'Choose one of them, or --protocol coco',
    });
  }
  const iouThresholds = protocol === 'coco' ? cocoIouThresholds : parseIouThresholds(iou ?? '0.5');
  return { protocol, iouThresholds, isPixelInclusive: plusOne, difficult };
}

/** What of the protocol stands in the JSON beside its name and IoU. */
export function protocolJson({ protocol, plusOne, difficult }: ProtocolOptions): object {
  return protocol === 'coco' ? { difficult } : { plusOne, difficult };
}

/** The protocol in words, as it is printed beside the number. */
export function describeProtocol(options: Omit<JudgeOptions, 'groundTruth' | 'detections'>): string {
  const { protocol, iouThresholds, isPixelInclusive, difficult } = options;
  if (protocol === 'coco') {
    return `COCO AP (101 points), IoU 0.50:0.95, at most 100 detections a class and image, difficult objects ${policy(difficult)}`;
  }
  const rule = protocol === 'voc07' ? 'VOC 2007 AP (11 points)' : 'VOC 2010 AP (area)';
  const pixels = isPixelInclusive === false ? 'without the +1' : 'with the +1';
  return `${rule}, IoU ≥ ${iouLabel(iouThresholds ?? [0.5])}, box widths ${pixels}, difficult objects ${policy(difficult)}`;
}

function policy(difficult: JudgeOptions['difficult']): string {
  if (difficult === 'ordinary') return 'count as any other';
  return difficult === 'crowd' ? 'are crowd regions' : 'are ignored';
}
