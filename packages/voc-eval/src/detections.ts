import { DatasetError } from '@featuremine/errors';
import type { GroundTruth } from './ground-truth';

/** D detections as columns; row order is file order, which decides between equal scores. */
export interface Detections {
  /** [D] index into `GroundTruth.images`. */
  readonly imageIndex: Int32Array;
  /** [D] class id, 0 … K − 1. */
  readonly classId: Int32Array;
  /** [D] finite scores, higher is surer. */
  readonly score: Float64Array;
  /** [D, 4] x1, y1, x2, y2 in continuous pixels. */
  readonly box: Float64Array;
  /** [D] width · height as a COCO file states them, for bit-equal results; taken from the box when absent. */
  readonly area?: Float64Array;
}

/** Detection columns that grow by appending rows. */
export class DetectionList {
  private rows = 0;
  private imageIndex = new Int32Array(1024);
  private classId = new Int32Array(1024);
  private score = new Float64Array(1024);
  private box = new Float64Array(4096);
  private area: Float64Array | undefined;

  get count(): number {
    return this.rows;
  }

  /** Appends one row; x1 … y2 in continuous pixels, `area` as a COCO file states it (for all rows or for none). */
  add(imageIndex: number, classId: number, score: number, box: ArrayLike<number>, area?: number): void {
    if (this.rows === this.score.length) this.grow();
    const row = this.rows++;
    this.imageIndex[row] = imageIndex;
    this.classId[row] = classId;
    this.score[row] = score;
    this.box[4 * row] = box[0]!;
    this.box[4 * row + 1] = box[1]!;
    this.box[4 * row + 2] = box[2]!;
    this.box[4 * row + 3] = box[3]!;
    if (area === undefined) return;
    this.area ??= new Float64Array(this.score.length);
    this.area[row] = area;
  }

  /** The rows so far, as views on this list's memory. */
  detections(): Detections {
    const rows = this.rows;
    return {
      imageIndex: this.imageIndex.subarray(0, rows),
      classId: this.classId.subarray(0, rows),
      score: this.score.subarray(0, rows),
      box: this.box.subarray(0, 4 * rows),
      ...(this.area === undefined ? {} : { area: this.area.subarray(0, rows) }),
    };
  }

  private grow(): void {
    const capacity = 2 * this.score.length;
    this.imageIndex = copyTo(new Int32Array(capacity), this.imageIndex);
    this.classId = copyTo(new Int32Array(capacity), this.classId);
    this.score = copyTo(new Float64Array(capacity), this.score);
    this.box = copyTo(new Float64Array(4 * capacity), this.box);
    if (this.area !== undefined) this.area = copyTo(new Float64Array(capacity), this.area);
  }
}

/**
 * Throws a DatasetError unless every row names an image and a class of the ground truth, and holds finite numbers.
 */
export function checkDetections(groundTruth: GroundTruth, detections: Detections): void {
  const { imageIndex, classId, score, box, area } = detections;
  const rows = score.length;
  const fits = imageIndex.length === rows && classId.length === rows && box.length === 4 * rows;
  if (!fits || (area !== undefined && area.length !== rows)) {
    throw new DatasetError({
      where: 'detections',
      found: `${imageIndex.length} images, ${classId.length} classes, ${rows} scores and ${box.length} box numbers`,
      expected: 'one image, class and score and four box numbers a row',
      fix: 'Give all columns the same rows',
    });
  }
  const images = groundTruth.images.length;
  const classes = groundTruth.classNames.length;
  for (let row = 0; row < rows; row++) {
    if (imageIndex[row] < 0 || imageIndex[row] >= images) fail(row, `image index ${imageIndex[row]}`, images);
    if (classId[row] < 0 || classId[row] >= classes) fail(row, `class id ${classId[row]}`, classes);
    const sum = score[row] + box[4 * row] + box[4 * row + 1] + box[4 * row + 2] + box[4 * row + 3];
    if (!Number.isFinite(sum)) {
      throw new DatasetError({
        where: `detection ${row}`,
        found: `score ${score[row]}, box [${box.subarray(4 * row, 4 * row + 4).join(', ')}]`,
        expected: 'finite numbers',
        fix: 'Remove the row, or find out why the detector wrote it',
      });
    }
  }
}

function fail(row: number, found: string, count: number): never {
  throw new DatasetError({
    where: `detection ${row}`,
    found,
    expected: count === 0 ? 'none, as the ground truth has none' : `0 … ${count - 1}`,
    fix: 'Index into the images and classNames of the same ground truth',
  });
}

function copyTo<T extends Int32Array | Float64Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
