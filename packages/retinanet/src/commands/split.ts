import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand, formatTable } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { writeTextFile } from '@featuremine/voc';
import type { VocImageSet } from '@featuremine/voc';
import { z } from 'zod';
import { readingNotes, sourcePlaces } from '../data-source';
import { readSplitSource } from '../split/split-source';
import { stratifiedSplit } from '../split/stratified-split';
import type { SplitPart } from '../split/stratified-split';

const share = z.number().min(0).lt(1);
const schema = z.object({
  voc: sourcePlaces.voc,
  data: sourcePlaces.data,
  set: z
    .string()
    .optional()
    .describe('Image sets that are split, such as 2007/trainval (all annotated images if not given)'),
  val: share.default(0.2).describe('Share of the images for validation'),
  test: share.default(0).describe('Share of the images for a test set'),
  seed: z.number().int().min(0).default(0).describe('Seed of the choice'),
  prefix: z
    .string()
    .regex(/^[\w-]*$/, 'letters, digits, - and _')
    .default('')
    .describe('Stands before the names train, val and test'),
  force: z.boolean().default(false).describe('Overwrite image sets of these names'),
});
type SplitOptions = z.output<typeof schema>;

/** A part with the images that it got. */
interface FilledPart extends SplitPart {
  readonly file: string;
  readonly ids: readonly string[];
}

/** `retinanet split`: image sets for training, validation and test. */
export const splitCommand: Command = defineCommand({
  name: 'split',
  summary: 'Make image sets for training, validation and test, with each class spread evenly',
  examples: [
    'retinanet split --data photos --val 0.2 --seed 1',
    'retinanet split --voc VOCdevkit --set 2007/trainval --val 0.2 --test 0.1 --prefix my-',
  ],
  schema,
  run(options, context) {
    const wanted = partsOf(options);
    const { set, folder, flagPrefix } = readSplitSource(options);
    const files = wanted.map(({ name }) => join(folder, 'ImageSets', 'Main', `${name}.txt`));
    if (!options.force) refuseExisting(files);
    for (const note of readingNotes(set, folder)) context.log.warn(note);
    const images = set.images.map(({ id, objects }) => ({ id, classIds: objects.map(({ classId }) => classId) }));
    const chosen = stratifiedSplit(images, wanted, options.seed);
    const parts = wanted.map((part, i): FilledPart => ({ ...part, file: files[i], ids: chosen.get(part.name)! }));
    refuseEmpty(parts, images.length);
    for (const { file, ids } of parts) {
      writeTextFile(file, ids.map((id) => `${id}\n`).join(''));
    }
    const counts = classCounts(set, parts);
    for (const { className, byPart } of counts) {
      const absent = parts.filter((_, i) => byPart[i] === 0).map(({ name }) => name);
      if (absent.length > 0) context.log.warn(`${className}: too few images for ${absent.join(' and ')}`);
    }
    context.output({
      sets: parts.map(({ name, file, ids }) => ({ name: flagPrefix + name, file, images: ids.length })),
      imagesByClass: Object.fromEntries(
        counts.map(({ className, byPart }) => [
          className,
          Object.fromEntries(parts.map(({ name }, i) => [name, byPart[i]])),
        ]),
      ),
    });
    context.print(
      formatTable({
        columns: [
          { title: 'images' },
          ...parts.map(({ name }) => ({ title: flagPrefix + name, align: 'right' as const })),
        ],
        rows: [
          ...counts.map(({ className, byPart }) => [className, ...byPart]),
          ['all', ...parts.map(({ ids }) => ids.length)],
        ],
      }),
    );
  },
});

function partsOf({ val, test, prefix }: SplitOptions): SplitPart[] {
  if (val + test === 0 || val + test >= 1) {
    throw new ConfigError({
      where: '--val, --test',
      found: `${val} and ${test}`,
      expected: 'shares that add up to less than 1, and one above 0',
      fix: 'Pass for example --val 0.2 --test 0.1: the rest is for training',
    });
  }
  const parts = [
    { name: `${prefix}train`, share: 1 - val - test },
    { name: `${prefix}val`, share: val },
    { name: `${prefix}test`, share: test },
  ];
  return parts.filter((part) => part.share > 0);
}

function refuseExisting(files: readonly string[]): void {
  const existing = files.filter((file) => existsSync(file));
  if (existing.length === 0) return;
  throw new ConfigError({
    where: existing.join(', '),
    found: 'the image set is there already',
    fix: 'Pass --prefix NAME for other names, or --force to overwrite',
  });
}

function refuseEmpty(parts: readonly FilledPart[], count: number): void {
  const empty = parts.find(({ ids }) => ids.length === 0);
  if (empty === undefined) return;
  throw new ConfigError({
    where: `the share ${empty.share} of ${empty.name}`,
    found: `no image out of ${count}`,
    fix: 'Pass a larger share, or leave this part out',
  });
}

// How many images of each part show a class.
function classCounts(
  { classNames, images }: VocImageSet,
  parts: readonly FilledPart[],
): { readonly className: string; readonly byPart: number[] }[] {
  const partById = new Map(parts.flatMap(({ ids }, part) => ids.map((id) => [id, part])));
  const counts = classNames.map(() => parts.map(() => 0));
  for (const { id, objects } of images) {
    for (const classId of new Set(objects.map((object) => object.classId))) counts[classId][partById.get(id)!]++;
  }
  return classNames
    .map((className, classId) => ({ className, byPart: counts[classId] }))
    .filter(({ byPart }) => byPart.some((count) => count > 0));
}
