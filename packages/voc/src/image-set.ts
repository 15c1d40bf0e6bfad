import { join } from 'node:path';
import { assembleImageSet } from './assemble-image-set';
import type { ReadImageSetOptions, VocImageSet } from './assemble-image-set';
import { annotationPath, openDevkit, yearFolder } from './devkit';
import type { VocDevkit } from './devkit';
import { listImageFiles } from './image-files';
import type { ImageFiles } from './image-files';
import { readSetLines } from './set-lines';

/**
 * Reads the annotations of image sets such as `2007/trainval,2012/trainval` (a set without a year is enough when the
 * devkit has one year). The names in the set files rule: no path is made of what an annotation says.
 *
 * @throws DatasetError that names the first 20 faults and their number.
 */
export function readImageSet(devkit: VocDevkit | string, sets: string, options: ReadImageSetOptions = {}): VocImageSet {
  const kit = typeof devkit === 'string' ? openDevkit(devkit) : devkit;
  const { lines, faults } = readSetLines(kit, sets);
  const imageFiles = new Map<string, ImageFiles>();
  const entries = lines.map(({ year, id, file, line }) => {
    const images = getOrMake(imageFiles, year, () => listImageFiles(join(yearFolder(kit, year), 'JPEGImages')));
    return {
      id,
      year,
      annotationPath: annotationPath(kit, year, id),
      found: images.find(id),
      imageFolder: images.folder,
      place: { file, object: line },
    };
  });
  return assembleImageSet({ where: `${kit.folder}, ${sets}`, entries, faults }, options);
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
