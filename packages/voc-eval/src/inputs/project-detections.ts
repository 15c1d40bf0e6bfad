import { DatasetError } from '@featuremine/errors';
import { DetectionList } from '../detections';
import type { GroundTruth } from '../ground-truth';
import type { ReadDetectionRows } from './coco-results';
import { FaultList } from './fault-list';
import { fourNumbers, isJsonObject, shown, stem } from './json-value';

/**
 * The detections that `retinanet predict --json` prints: { images: [{ file, detections: [{ class, score, box }] }] }
 * with boxes [x1, y1, x2, y2] in continuous pixels. An image is found by the stem of its file's name.
 *
 * Rows of classes that the ground truth does not have are left out with a warning.
 *
 * @param where the file's name, for messages.
 * @throws DatasetError that names the first 20 faults and their number; an unknown image with detections is one.
 */
export function detectionsFromProjectJson(
  content: unknown,
  groundTruth: GroundTruth,
  where: string,
): ReadDetectionRows {
  const images = isJsonObject(content) ? content['images'] : undefined;
  if (!Array.isArray(images)) {
    throw new DatasetError({
      where,
      found: shown(content),
      expected: '{ "images": [{ "file", "detections": [{ "class", "score", "box" }] }] }, or a list of COCO results',
      fix: 'Pass what `retinanet predict --json` prints, or a COCO results file',
    });
  }
  const imageById = new Map(groundTruth.images.map(({ id }, index) => [id, index]));
  const classByName = new Map(groundTruth.classNames.map((name, classId) => [name, classId]));
  const faults = new FaultList(where, 'Correct these entries, or evaluate the set that was detected');
  const list = new DetectionList();
  const otherClasses = new Map<string, number>();

  (images as unknown[]).forEach((entry, imageNumber) => {
    const file = isJsonObject(entry) ? entry['file'] : undefined;
    const rows = isJsonObject(entry) ? entry['detections'] : undefined;
    if (typeof file !== 'string' || !Array.isArray(rows)) {
      return faults.add(`images[${imageNumber}]: ${shown(entry)}, expected a text "file" and a list "detections"`);
    }
    const image = imageById.get(file) ?? imageById.get(stem(file));
    if (image === undefined) {
      if (rows.length > 0) faults.add(`images[${imageNumber}]: ${shown(file)} is no image of the set`);
      return;
    }
    (rows as unknown[]).forEach((row, index) => {
      const at = `images[${imageNumber}].detections[${index}]`;
      if (!isJsonObject(row)) return faults.add(`${at}: ${shown(row)}, expected an object`);
      const { class: name, score } = row;
      const box = fourNumbers(row['box']);
      if (typeof name !== 'string') return faults.add(`${at}: class ${shown(name)}, expected a text`);
      if (typeof score !== 'number') return faults.add(`${at}: score ${shown(score)}, expected a number`);
      if (box === undefined) return faults.add(`${at}: box ${shown(row['box'])}, expected [x1, y1, x2, y2]`);
      const classId = classByName.get(name);
      if (classId === undefined) otherClasses.set(name, (otherClasses.get(name) ?? 0) + 1);
      else list.add(image, classId, score, box);
    });
  });
  faults.throwIfAny();
  const warnings = [...otherClasses].map(
    ([name, rows]) => `class ${shown(name)} is not in the set: ${rows} rows left out`,
  );
  return { detections: list.detections(), warnings };
}
