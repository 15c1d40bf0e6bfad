import { DatasetError } from '@featuremine/errors';
import type { DetectionsToWrite, DevkitDetections, VocImageSet } from '@featuremine/voc';
import type { Detections } from '../detections';
import type { GroundTruth } from '../ground-truth';

/** The ground truth that a VOC image set holds; image ids are the set's, with the year (`2007/000012`) if they repeat. */
export function groundTruthFromImageSet(imageSet: VocImageSet): GroundTruth {
  const ids = new Set(imageSet.images.map(({ id }) => id));
  const areUnique = ids.size === imageSet.images.length;
  return {
    classNames: imageSet.classNames,
    images: imageSet.images.map((image) => ({
      id: areUnique ? image.id : `${image.year}/${image.id}`,
      width: image.widthPx,
      height: image.heightPx,
      ...(image.hasImage ? { imagePath: image.imagePath, fileName: image.imagePath.replace(/^.*[/\\]/, '') } : {}),
      objects: image.objects.map(({ classId, box, isDifficult, isTruncated }) => {
        return { classId, box, isDifficult, isTruncated };
      }),
    })),
  };
}

/**
 * The detections of devkit files, against the images of a ground truth with the same class names.
 *
 * Throws a DatasetError for image ids that the ground truth does not have, as VOCevaldet does.
 */
export function detectionsFromDevkit(
  read: DevkitDetections,
  groundTruth: GroundTruth,
  where = 'detections',
): Detections {
  const indexById = new Map(groundTruth.images.map(({ id }, index) => [id, index]));
  const unknown: string[] = [];
  const indices = read.imageIds.map((id) => {
    const index = indexById.get(id);
    if (index === undefined) unknown.push(id);
    return index ?? -1;
  });
  if (unknown.length > 0) throw unknownImages(where, unknown);
  return {
    imageIndex: read.imageIndex.map((image) => indices[image]),
    classId: read.classIndex,
    score: read.scores,
    box: read.boxes,
  };
}

/** The detections as devkit files are written from them: what `detectionsFromDevkit` takes apart. */
export function detectionsForDevkit(groundTruth: GroundTruth, detections: Detections): DetectionsToWrite {
  return {
    classNames: groundTruth.classNames,
    imageIds: groundTruth.images.map(({ id }) => id),
    imageIndex: detections.imageIndex,
    classIndex: detections.classId,
    scores: detections.score,
    boxes: detections.box,
  };
}

/** The error for detections on images outside the evaluated set: names the first 20 of them. */
function unknownImages(where: string, ids: readonly string[]): DatasetError {
  const shown = ids.slice(0, 20).join(', ');
  return new DatasetError({
    where,
    found: `detections on ${ids.length} image${ids.length === 1 ? '' : 's'} outside the set: ${shown}${ids.length > 20 ? ', …' : ''}`,
    expected: 'only images of the ground truth',
    fix: 'Evaluate the set that was detected, or remove these lines',
  });
}
