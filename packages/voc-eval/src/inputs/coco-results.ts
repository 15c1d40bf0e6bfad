import { DatasetError } from '@featuremine/errors';
import { cocoIds } from '../coco-ids';
import { DetectionList, type Detections } from '../detections';
import type { GroundTruth } from '../ground-truth';
import { cornersOf, type Corners } from './corners';
import { FaultList } from './fault-list';
import { fourNumbers, isJsonObject, shown } from './json-value';

/** Detections that were read, and what was noticed. */
export interface ReadDetectionRows {
  readonly detections: Detections;
  /** Lines for the log: rows of unknown classes that were left out, boxes of negative size. */
  readonly warnings: readonly string[];
}

/**
 * The detections in a COCO results file's content: a list of { image_id, category_id, bbox: [x, y, w, h], score }.
 *
 * `image_id` is COCO's number, or the image's name as text; `category_id` is COCO's number, or the class name. Rows of
 * other classes are left out with a warning, as pycocotools leaves them out.
 *
 * @param where the file's name, for messages.
 * @param corners how x + width is added, as for `groundTruthFromCoco`.
 * @throws DatasetError that names the first 20 faults and their number; an unknown image is one.
 */
export function detectionsFromCocoResults(
  content: unknown,
  groundTruth: GroundTruth,
  where: string,
  corners: Corners = 'binary',
): ReadDetectionRows {
  if (Array.isArray(content)) return detectionsFromCocoRows(content as unknown[], groundTruth, where, corners);
  throw new DatasetError({
    where,
    found: shown(content),
    expected: 'COCO results: a list of { image_id, category_id, bbox, score }',
    fix: 'Pass a results file',
  });
}

/** The same for rows that come one after another, from a file that is too large to hold. */
export function detectionsFromCocoRows(
  rows: Iterable<unknown>,
  groundTruth: GroundTruth,
  where: string,
  corners: Corners = 'binary',
): ReadDetectionRows {
  const ids = cocoIds(groundTruth);
  const imageByKey = new Map<unknown, number>(groundTruth.images.map(({ id }, index) => [id, index]));
  ids.images.forEach((id, index) => imageByKey.set(id, index));
  const classByKey = new Map<unknown, number>(groundTruth.classNames.map((name, classId) => [name, classId]));
  ids.categories.forEach((id, classId) => classByKey.set(id, classId));

  const faults = new FaultList(where, 'Correct these rows, or evaluate the set that was detected');
  const list = new DetectionList();
  const otherClasses = new Map<string, number>();
  let negativeSizes = 0;
  const readRow = (row: unknown): string | undefined => {
    if (!isJsonObject(row)) return `${shown(row)}, expected an object`;
    const image = imageByKey.get(row['image_id']);
    if (image === undefined) return `image_id ${shown(row['image_id'])} is no image of the set`;
    const bbox = fourNumbers(row['bbox']);
    if (bbox === undefined) return `bbox ${shown(row['bbox'])}, expected [x, y, width, height]`;
    const score = row['score'];
    if (typeof score !== 'number' || !Number.isFinite(score)) return `score ${shown(score)}, expected a number`;
    const classId = classByKey.get(row['category_id']);
    if (classId === undefined) {
      const key = shown(row['category_id']);
      otherClasses.set(key, (otherClasses.get(key) ?? 0) + 1);
      return undefined;
    }
    const [, , width, height] = bbox;
    if (width < 0 || height < 0) negativeSizes++;
    list.add(image, classId, score, cornersOf(bbox, corners), width * height);
    return undefined;
  };
  let index = -1;
  for (const row of rows) {
    index++;
    const fault = readRow(row);
    if (fault !== undefined) faults.add(`[${index}]: ${fault}`);
  }
  faults.throwIfAny();
  const warnings = [...otherClasses].map(
    ([key, rows]) => `category_id ${key} is no class of the set: ${rows} rows left out`,
  );
  if (negativeSizes > 0)
    warnings.push(`${negativeSizes} boxes have a negative width or height; they are evaluated as they stand`);
  return { detections: list.detections(), warnings };
}
