import { DatasetError } from '@featuremine/errors';
import type { GroundTruth } from './ground-truth';

/** G ground-truth objects as columns, sorted by class, then image, then their order in the image. */
export interface ObjectTable {
  /** [K + 1] where the rows of each class start. */
  readonly classStart: Int32Array;
  /** [G] index into the images. */
  readonly imageIndex: Int32Array;
  /** [G] the object's place in its image. */
  readonly objectIndex: Int32Array;
  /** [G, 4] x1, y1, x2, y2. */
  readonly box: Float64Array;
  /** [G] width · height of the box. */
  readonly boxArea: Float64Array;
  /** [G] the area by which COCO sorts objects into sizes. */
  readonly area: Float64Array;
  /** [G] 1 for objects that are not to be found, and on which a match counts neither way. */
  readonly isIgnored: Uint8Array;
  /** [G] 1 for crowd regions, which are ignored too. */
  readonly isCrowd: Uint8Array;
}

/** What VOC's difficult objects are: not to be found, COCO crowd regions (and so not to be found), or like any other. */
export type DifficultRule = 'ignore' | 'crowd' | 'ordinary';

/** The objects of a ground truth as columns; a DatasetError for a class id without a name. */
export function objectTable(groundTruth: GroundTruth, difficult: DifficultRule): ObjectTable {
  const classCount = groundTruth.classNames.length;
  const classStart = new Int32Array(classCount + 1);
  for (const image of groundTruth.images) {
    for (const { classId } of image.objects) {
      if (!(classId >= 0 && classId < classCount && Number.isInteger(classId))) {
        throw new DatasetError({
          where: `ground truth, image ${image.id}`,
          found: `class id ${classId}`,
          expected: `an integer of 0 … ${classCount - 1}`,
          fix: 'Give classNames an entry for it',
        });
      }
      classStart[classId + 1]++;
    }
  }
  for (let k = 0; k < classCount; k++) classStart[k + 1] += classStart[k];
  const rows = classStart[classCount];
  const table: ObjectTable = {
    classStart,
    imageIndex: new Int32Array(rows),
    objectIndex: new Int32Array(rows),
    box: new Float64Array(4 * rows),
    boxArea: new Float64Array(rows),
    area: new Float64Array(rows),
    isIgnored: new Uint8Array(rows),
    isCrowd: new Uint8Array(rows),
  };
  const next = classStart.slice();
  groundTruth.images.forEach((image, imageIndex) => {
    image.objects.forEach((object, objectIndex) => {
      const row = next[object.classId]++;
      const [x1, y1, x2, y2] = object.box;
      table.imageIndex[row] = imageIndex;
      table.objectIndex[row] = objectIndex;
      table.box.set(object.box, 4 * row);
      table.boxArea[row] = object.boxArea ?? (x2 - x1) * (y2 - y1);
      table.area[row] = object.area ?? table.boxArea[row];
      const isCrowd = object.isCrowd === true || (object.isDifficult && difficult === 'crowd');
      table.isCrowd[row] = isCrowd ? 1 : 0;
      table.isIgnored[row] = isCrowd || (object.isDifficult && difficult === 'ignore') ? 1 : 0;
    });
  });
  return table;
}
