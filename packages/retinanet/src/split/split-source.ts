import { join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { openDevkit, readAnnotatedFolder, readImageSet } from '@featuremine/voc';
import type { ReadImageSetOptions, VocDevkit, VocImageSet } from '@featuremine/voc';

/** What is split: some images of one folder that holds `ImageSets/Main`. */
export interface SplitSource {
  readonly set: VocImageSet;
  /** Where `ImageSets/Main` is. */
  readonly folder: string;
  /** What stands before a set's name on the command line: `2007/`, or nothing. */
  readonly flagPrefix: string;
}

const READING: ReadImageSetOptions = { onBadBox: 'skip', needsImages: true };

/**
 * Reads what is split: image sets of one year of a devkit, or all annotated images of a year or a folder.
 *
 * @throws ConfigError when neither or both are given, or sets of several years; DatasetError
 */
export function readSplitSource(options: {
  readonly voc?: string | undefined;
  readonly data?: string | undefined;
  readonly set?: string | undefined;
}): SplitSource {
  const { voc, data, set } = options;
  if ((voc === undefined) === (data === undefined)) {
    throw new ConfigError({
      where: '--voc, --data',
      found: voc === undefined ? 'neither' : 'both',
      expected: 'one: what is split',
      fix: 'Pass --voc DEVKIT, or --data DIR (images with VOC XML)',
    });
  }
  if (data !== undefined) {
    const found = readAnnotatedFolder(data, set, READING);
    const part = found.images.find(({ year }) => year !== '')?.year;
    if (part === undefined) return { set: found, folder: data, flagPrefix: '' };
    const fix = `Pass --data ${join(data, part)} without --set`;
    throw new ConfigError({ where: `--set ${set}`, found: `${part} is a folder of its own`, fix });
  }
  const devkit = openDevkit(voc!);
  if (set === undefined) {
    const year = onlyYear(devkit, devkit.years);
    const folder = join(devkit.folder, `VOC${year}`);
    return { set: readAnnotatedFolder(folder, undefined, READING), folder, flagPrefix: `${year}/` };
  }
  const found = readImageSet(devkit, set, READING);
  const year = onlyYear(devkit, [...new Set(found.images.map((image) => image.year))]);
  return { set: found, folder: join(devkit.folder, `VOC${year}`), flagPrefix: `${year}/` };
}

function onlyYear({ folder }: VocDevkit, years: readonly string[]): string {
  const [year, ...others] = years;
  if (others.length === 0) return year;
  throw new ConfigError({
    where: folder,
    found: `images of the years ${years.join(', ')}`,
    expected: 'those of one year, in whose folder the new image sets are written',
    fix: `Pass --set ${year}/SET, and split each year by itself`,
  });
}
