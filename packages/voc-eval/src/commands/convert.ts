import { join } from 'node:path';
import { defineCommand, type Command, type CommandContext } from '@featuremine/command-line';
import { writeAnnotation, writeDetections, writeImageSet, writeTextFile } from '@featuremine/voc';
import { z } from 'zod';
import type { GroundTruth } from '../ground-truth';
import { detectionsForDevkit } from '../inputs/from-voc';
import { loadDetections, loadGroundTruth } from '../inputs/load-evaluation';
import { cocoGroundTruth, cocoResults } from '../to-coco';
import { groundTruthFlags } from './evaluation-options';

const schema = z.object({
  to: z.enum(['coco', 'voc']).describe('The format to write'),
  ...groundTruthFlags,
  detections: z
    .string()
    .optional()
    .describe('Detections to write instead of the ground truth, which names their images'),
  out: z.string().describe('coco: file to write. voc: VOCdevkit folder, or folder for the devkit detection files'),
  difficult: z
    .enum(['ignore', 'crowd', 'ordinary'])
    .default('ignore')
    .describe('coco: difficult objects get ignore 1, iscrowd 1, or nothing'),
  year: z.string().default('2007').describe('voc: the year folder VOC<year>'),
  name: z.string().default('test').describe('voc: name of the image set'),
});
type Options = z.output<typeof schema>;

/** `voc-eval convert`: ground truth or detections between VOC and COCO files. */
export const convertCommand: Command = defineCommand({
  name: 'convert',
  summary: 'Ground truth or detections from VOC to COCO files or back, boxes kept exact',
  examples: [
    'voc-eval convert --to coco --voc VOCdevkit --set 2007/test --out test.json',
    'voc-eval convert --to coco --voc VOCdevkit --set 2007/test --detections results/VOC2007/Main --out results.json',
    'voc-eval convert --to voc --ground-truth instances.json --year 2017 --name val --out VOCdevkit',
  ],
  schema,
  run(options, context) {
    const groundTruth = loadGroundTruth(options, context.log, 'decimal');
    const written = options.detections === undefined ? writeGroundTruth : writeFoundBoxes;
    const result = written(options, groundTruth, context);
    context.output(result);
    context.print(
      Object.entries(result)
        .map(([what, value]) => `${what}: ${value}`)
        .join('\n'),
    );
  },
});

type Written = Readonly<Record<string, string | number>>;

function writeGroundTruth(options: Options, groundTruth: GroundTruth, context: CommandContext): Written {
  const { out, to, year, name } = options;
  const objects = groundTruth.images.reduce((sum, image) => sum + image.objects.length, 0);
  const counts = { images: groundTruth.images.length, objects, out };
  if (to === 'coco') {
    writeTextFile(out, `${JSON.stringify(cocoGroundTruth(groundTruth, options.difficult))}\n`);
    return counts;
  }
  warnOfLosses(groundTruth, context);
  for (const image of groundTruth.images) {
    const stemmed = image.fileName === undefined ? '' : image.fileName.slice(image.fileName.lastIndexOf('.'));
    writeAnnotation(join(out, `VOC${year}`, 'Annotations'), {
      imageFile: `${image.id}${/^\.\w+$/.test(stemmed) ? stemmed : '.jpg'}`,
      widthPx: image.width,
      heightPx: image.height,
      folder: `VOC${year}`,
      objects: image.objects.map(({ classId, box, isDifficult, isCrowd, isTruncated }) => ({
        name: groundTruth.classNames[classId],
        box,
        isDifficult: isDifficult || isCrowd === true,
        isTruncated: isTruncated === true,
      })),
    });
  }
  writeImageSet({ devkit: out, year, set: name, ids: groundTruth.images.map(({ id }) => id) });
  return { ...counts, set: `${year}/${name}` };
}

function warnOfLosses({ images }: GroundTruth, { log }: CommandContext): void {
  const objects = images.flatMap((image) => image.objects);
  const crowds = objects.filter(({ isCrowd }) => isCrowd === true).length;
  const areas = objects.filter(({ area, boxArea }) => area !== undefined && area !== boxArea).length;
  if (crowds > 0) log.warn(`${crowds} crowd regions become difficult objects: VOC has no crowds`);
  if (areas > 0) log.warn(`${areas} areas that are not their box's are left out: VOC has none`);
}

function writeFoundBoxes(options: Options, groundTruth: GroundTruth, { log }: CommandContext): Written {
  const { out, to, name, set } = options;
  const detections = loadDetections({ path: options.detections!, groundTruth, set, log, corners: 'decimal' });
  if (to === 'coco') {
    writeTextFile(out, `${JSON.stringify(cocoResults(groundTruth, detections))}\n`);
    return { detections: detections.score.length, out };
  }
  const files = writeDetections({
    folder: out,
    set: name,
    detections: detectionsForDevkit(groundTruth, detections),
  });
  return { detections: detections.score.length, files: files.length, out };
}
