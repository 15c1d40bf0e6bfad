import { defineCommand, formatTable, startProgress } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { validationJson, validationText } from '@featuremine/voc-eval/text';
import { z } from 'zod';
import { checkSource, sourceFields } from '../data-source';
import { trainSchema } from '../train-options';
import { validateData } from '../validate/validate-data';
import type { DataPart, DataReport } from '../validate/validate-data';

const { shape } = trainSchema;
const schema = z.object({
  ...sourceFields,
  train: z.string().optional().describe('Image sets or parts that are trained on; all if neither part is named'),
  val: z.string().optional().describe('Image sets or parts to test on: images that are in both are found'),
  valCoco: shape.valCoco,
  valImages: shape.valImages,
  duplicates: z.boolean().default(true).describe('Look for images that show the same; --no-duplicates leaves it out'),
  lines: z.number().int().min(0).default(20).describe('Lines printed for each kind of fault; 0: all'),
});
type ValidateOptions = z.output<typeof schema>;

/** `retinanet validate`: everything that is wrong with a data set at once; exit code 2 if something must be repaired. */
export const validateCommand: Command = defineCommand({
  name: 'validate',
  summary: 'Everything that is wrong with a data set at once, with counts and histograms',
  examples: [
    'retinanet validate --voc VOCdevkit --train 2007/trainval --val 2007/test',
    'retinanet validate --data photos',
    'retinanet validate --coco train.json --images train --val-coco val.json --val-images val --json',
  ],
  schema,
  async run(options, context) {
    const parts = partsOf(options);
    for (const { source } of parts) checkSource(source);
    let progress: ReturnType<typeof startProgress> | undefined;
    const report = await validateData(parts, {
      classes: options.classes,
      findsDuplicates: options.duplicates,
      onProgress: (done, total) => {
        progress ??= startProgress({ label: 'looking at images', total });
        progress.update(done);
      },
    }).finally(() => progress?.stop());
    const errors = report.parts.reduce((sum, part) => sum + part.report.errorCount, 0);
    context.output({
      errors,
      parts: Object.fromEntries(report.parts.map((part) => [part.name, validationJson(part.report)])),
      duplicates: report.duplicates,
    });
    const limit = options.lines === 0 ? Infinity : options.lines;
    report.parts.forEach((part, i) => {
      const { sets } = parts[i];
      const title = sets === undefined ? part.name : `${part.name} (${sets})`;
      context.print(`${title}\n\n${validationText(part.report, limit)}\n`);
    });
    if (options.duplicates) context.print(duplicatesText(report, limit));
    return errors > 0 ? 2 : 0;
  },
});

function partsOf({ voc, data, coco, images, train, val, valCoco, valImages }: ValidateOptions): DataPart[] {
  const source = { voc, data, coco, images };
  if (coco !== undefined) {
    if (train !== undefined || val !== undefined) throw setsWithCoco(train === undefined ? '--val' : '--train');
    const first = { name: 'train', source, sets: undefined };
    if (valCoco === undefined) return [first];
    return [first, { name: 'val', source: { coco: valCoco, images: valImages ?? images }, sets: undefined }];
  }
  const parts = [
    { name: 'train', source, sets: train },
    { name: 'val', source, sets: val },
  ].filter(({ sets }) => sets !== undefined);
  return parts.length > 0 ? parts : [{ name: 'all', source, sets: undefined }];
}

function setsWithCoco(flag: string): ConfigError {
  return new ConfigError({
    where: flag,
    found: 'it is given together with --coco',
    fix: 'A COCO file is one part as a whole: leave it out, and name the file to test on with --val-coco FILE',
  });
}

function duplicatesText({ parts, duplicates }: DataReport, limit: number): string {
  const where = parts.length > 1 ? `in ${parts[0].name} and in ${parts[1].name}` : 'there twice';
  if (duplicates.length === 0) return `No image is ${where}.`;
  const table = formatTable({
    columns: [{ title: 'image' }, { title: 'shows the same as' }, { title: 'likeness', align: 'right' }, { title: '' }],
    rows: duplicates
      .slice(0, limit)
      .map((pair) => [pair.first, pair.second, pair.correlation.toFixed(3), pair.isMirrored ? 'mirrored' : '']),
  });
  const rest = duplicates.length > limit ? `\n… ${duplicates.length - limit} more (--lines 0 prints all)` : '';
  const advice =
    parts.length > 1 ? '\nA test on images that were trained on tells too much: leave them out of one.' : '';
  const count = duplicates.length === 1 ? '1 image is' : `${duplicates.length} images are`;
  return `${count} ${where}\n\n${table}${rest}${advice}`;
}
