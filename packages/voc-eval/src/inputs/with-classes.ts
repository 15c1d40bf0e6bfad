import { refuseRepeatedClasses } from '@featuremine/errors';
import type { GroundTruth } from '../ground-truth';

/**
 * The ground truth with these classes in this order, and the number of objects of others, which are left out. A class
 * that it does not know has no objects, and a category id of its own.
 *
 * @throws DatasetError for a class that is named twice
 */
export function withClasses(
  groundTruth: GroundTruth,
  classes: readonly string[],
): { readonly groundTruth: GroundTruth; readonly otherClassCount: number } {
  refuseRepeatedClasses(classes);
  const newIds = groundTruth.classNames.map((name) => classes.indexOf(name));
  const categories = groundTruth.categoryIds ?? [];
  const unused = Math.max(0, ...categories) + 1;
  let otherClassCount = 0;
  const images = groundTruth.images.map((image) => ({
    ...image,
    objects: image.objects.flatMap((object) => {
      const classId = newIds[object.classId];
      if (classId >= 0) return [{ ...object, classId }];
      otherClassCount++;
      return [];
    }),
  }));
  const categoryIds = classes.map((name, place) => categories[groundTruth.classNames.indexOf(name)] ?? unused + place);
  return { groundTruth: { classNames: classes, categoryIds, images }, otherClassCount };
}
