import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { readList } from './listed-files';
import { MatFault, readStructArray } from './mat-file';
import { readLimited } from './read-limited';

const LARGEST_TABLE_BYTES = 64 * 2 ** 20;

/** Folder of the devkit of ILSVRC2012. */
export const DEVKIT_FOLDER = 'ILSVRC2012_devkit_t12';

/** The class (wnid) of each validation image by its number, which starts at 1. */
export type ValidationLabels = ReadonlyMap<number, string>;

/**
 * Reads the classes of the validation images from the devkit: a class number a line, in the order of the images, and the
 * table of classes in `meta.mat`, whose numbers are not in the order of the wnids.
 *
 * @throws DatasetError that names the file at fault
 */
export function readDevkitLabels(devkit: string): ValidationLabels {
  const wnids = readClassTable(join(devkit, 'data', 'meta.mat'));
  const file = join(devkit, 'data', 'ILSVRC2012_validation_ground_truth.txt');
  const lines = readList(file, { fields: 1, what: 'a class number a line' });
  return new Map(
    lines.map(({ fields, where }, i) => {
      const wnid = wnids.get(Number(fields[0]));
      if (wnid !== undefined) return [i + 1, wnid];
      const expected = `a class number of meta.mat, 1 to ${wnids.size}`;
      throw new DatasetError({ where, found: `"${fields[0].slice(0, 20)}"`, expected, fix: 'Get the devkit again' });
    }),
  );
}

/** Class numbers and wnids; nodes above classes, which the table also has, are left out. */
function readClassTable(file: string): Map<number, string> {
  const what = 'the table of classes of the devkit of ILSVRC2012';
  const fix = 'Unpack the devkit again';
  const bytes = readLimited(file, { largestBytes: LARGEST_TABLE_BYTES, what, fix });
  try {
    const wnids = new Map<number, string>();
    for (const synset of readStructArray(bytes, 'synsets')) {
      const [id, wnid] = [synset.get('ILSVRC2012_ID'), synset.get('WNID')];
      if (typeof id !== 'number' || typeof wnid !== 'string') throw new MatFault('a class without number or WNID');
      if (synset.get('num_children') === 0) wnids.set(id, wnid);
    }
    if (wnids.size === 0) throw new MatFault('no class without children');
    return wnids;
  } catch (error) {
    if (!(error instanceof MatFault)) throw error;
    throw new DatasetError({ where: file, found: error.message, expected: what, fix }, { cause: error });
  }
}
