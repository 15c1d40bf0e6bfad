import { ConfigError } from '@featuremine/errors';
import { openDevkit, readAnnotatedFolder, readImageSet } from '@featuremine/voc';
import type { ReadImageSetOptions, VocImageSet } from '@featuremine/voc';
import { z } from 'zod';
import { readCocoSet } from './coco-set';
import type { DetectionSet } from './detection-set';

/** The flags that say where annotated images are: one of `--voc`, `--data` and `--coco`. */
export const sourcePlaces = {
  voc: z.string().min(1).optional().describe('VOCdevkit folder'),
  data: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of images with VOC XML beside them, or in a folder beside theirs (LabelImg, CVAT, Roboflow)'),
  coco: z.string().min(1).optional().describe('COCO annotation file (JSON); needs --images'),
  images: z.string().min(1).optional().describe('Folder of the images that --coco names'),
} as const;

/** The same, with the classes that are read. */
export const sourceFields = {
  ...sourcePlaces,
  classes: z.array(z.string().min(1)).optional().describe('Class names; by default VOC’s 20, or the names found'),
} as const;

/** The flag that names what is looked at, where it is not `--train` or `--val`. */
export const setField = z
  .string()
  .optional()
  .describe('Image sets such as 2007/test, several with commas; of --data, parts (all of it if not given)');

/** Where annotated images are, by the flags. */
export interface SourceFlags {
  readonly voc?: string | undefined;
  readonly data?: string | undefined;
  readonly coco?: string | undefined;
  readonly images?: string | undefined;
}

/** A part of such a source, and the flag that names parts: `--train`, `--val` or `--set`. */
export interface ChosenPart {
  readonly flag: string;
  readonly sets: string | undefined;
}

/**
 * Reads annotated images from where the flags say.
 *
 * @throws ConfigError when none or several sources are given, or a part that the source does not have; DatasetError for
 * what is wrong in the data.
 */
export function readDetectionSet(
  source: SourceFlags,
  { flag, sets }: ChosenPart,
  options: ReadImageSetOptions,
): DetectionSet {
  switch (kindOf(source)) {
    case 'voc': {
      if (sets !== undefined) return readImageSet(openDevkit(source.voc!), sets, options);
      const fix = `Add ${flag} SETS, such as ${flag} 2007/trainval`;
      throw new ConfigError({ where: flag, found: 'missing', expected: 'image sets of the devkit', fix });
    }
    case 'data':
      return readAnnotatedFolder(source.data!, sets, options);
    case 'coco':
      if (source.images === undefined) throw missingImages();
      if (sets !== undefined) {
        const fix = 'A COCO file is one part as a whole: leave it out (for validation, pass --val-coco FILE)';
        throw new ConfigError({ where: `${flag} ${sets}`, found: 'it is given together with --coco', fix });
      }
      return readCocoSet({ file: source.coco!, imageFolder: source.images }, options);
  }
}

/** What a source and its part are called in messages. */
export function sourceName(source: SourceFlags, { sets }: ChosenPart): string {
  return sets ?? source.coco ?? source.data ?? 'the images';
}

/** Lines about what reading left out or changed, for the log. */
export function readingNotes({ report }: VocImageSet, name: string): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [report.skippedBoxCount, 'boxes left out'],
    [report.clippedBoxCount, 'boxes trimmed to their image'],
    [report.otherClassCount, 'objects of other classes left out'],
    [report.unannotatedImageCount, 'images without an annotation left out'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${name}: ${count} ${what}`);
}

/** Classes of a set that no object has. */
export function classesWithoutObjects({ classNames, images }: VocImageSet): string[] {
  const found = new Set(images.flatMap(({ objects }) => objects.map(({ classId }) => classId)));
  return classNames.filter((_, classId) => !found.has(classId));
}

/** Refuses flags that name no source or several. @throws ConfigError */
export function checkSource(source: SourceFlags): void {
  if (kindOf(source) === 'coco' && source.images === undefined) throw missingImages();
}

function missingImages(): ConfigError {
  const expected = 'the folder of the images that --coco names';
  return new ConfigError({ where: '--images', found: 'missing', expected, fix: 'Add --images DIR' });
}

function kindOf(source: SourceFlags): 'voc' | 'data' | 'coco' {
  const kinds = (['voc', 'data', 'coco'] as const).filter((kind) => source[kind] !== undefined);
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1) {
    if (kind === 'coco' || source.images === undefined) return kind;
    const fix = `Leave it out: --${kind} finds its images itself`;
    throw new ConfigError({ where: '--images', found: `it is given together with --${kind}`, fix });
  }
  throw new ConfigError({
    where: '--voc, --data, --coco',
    found: kind === undefined ? 'none of them' : `${kinds.map((name) => `--${name}`).join(' and ')} together`,
    expected: 'one: where the annotated images are',
    fix: 'Pass --voc DEVKIT, --data DIR (images with VOC XML), or --coco FILE.json --images DIR',
  });
}
