import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { toVocPixel } from './voc-pixel';
import { checkName, writeTextFile } from './write-text-file';

/** Detections to write, as parallel arrays; boxes continuous [D, 4]. */
export interface DetectionsToWrite {
  readonly classNames: readonly string[];
  readonly imageIds: readonly string[];
  readonly imageIndex: ArrayLike<number>;
  readonly classIndex: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly boxes: ArrayLike<number>;
}

/**
 * Writes `comp4_det_<set>_<class>.txt`, one file a class, empty ones too, lines in the order given, numbers in full.
 * Returns the paths.
 *
 * @throws DatasetError for names that cannot be part of a file or line, and for numbers that are not finite
 */
export function writeDetections(options: {
  readonly folder: string;
  readonly set: string;
  readonly detections: DetectionsToWrite;
}): string[] {
  const { folder, set, detections } = options;
  const { classNames, imageIds, imageIndex, classIndex, scores, boxes } = detections;
  checkName('image set', set);
  for (const name of classNames) checkName('class', name);
  for (const id of imageIds) checkLineId(id);
  const lines: string[][] = classNames.map(() => []);
  for (let i = 0; i < scores.length; i++) {
    const [x1, y1, x2, y2] = [boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]];
    if (!Number.isFinite(scores[i] + x1 + y1 + x2 + y2)) {
      const found = `score ${scores[i]}, box ${x1}, ${y1}, ${x2}, ${y2}`;
      throw new DatasetError({ where: `detection ${i + 1}`, found, expected: 'finite numbers', fix: 'Drop it' });
    }
    lines[classIndex[i]].push(
      `${imageIds[imageIndex[i]]} ${scores[i]} ${toVocPixel(x1)} ${toVocPixel(y1)} ${x2} ${y2}\n`,
    );
  }
  return classNames.map((name, k) => {
    const path = join(folder, `comp4_det_${set}_${name}.txt`);
    writeTextFile(path, lines[k].join(''));
    return path;
  });
}

/** Writes `ImageSets/Main/<set>.txt` below a devkit's year folder, making folders as needed. Returns its path. */
export function writeImageSet(options: {
  readonly devkit: string;
  readonly year: string;
  readonly set: string;
  readonly ids: readonly string[];
}): string {
  const { devkit, year, set, ids } = options;
  checkName('year', year);
  checkName('image set', set);
  for (const id of ids) checkName('image', id);
  const path = join(devkit, `VOC${year}`, 'ImageSets', 'Main', `${set}.txt`);
  writeTextFile(path, ids.map((id) => `${id}\n`).join(''));
  return path;
}

function checkLineId(id: string): void {
  checkName('image', id);
  if (!/\s/.test(id)) return;
  throw new DatasetError({ where: `image ${id}`, found: 'its name has a blank, which ends a field', fix: 'Rename it' });
}
