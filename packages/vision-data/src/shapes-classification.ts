import { ConfigError, nearestName } from '@featuremine/errors';
import type { ClassificationDataset } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';
import { SHAPE_CLASSES } from './shape-outlines';

/** Options of `openShapesClassification`. */
export interface ShapesClassificationOptions {
  readonly seed: number;
  /** Number of images. */
  readonly count: number;
  /** Side of the images in pixels (96). */
  readonly imageSize?: number;
  /** Another split has other images (`train`). */
  readonly split?: string;
  /** All shapes by default. */
  readonly classNames?: readonly string[];
}

/**
 * A classification data set of single shapes, drawn like the scenes of `makeShapesDevkit`; class sizes differ by 1 at
 * most.
 *
 * @throws ConfigError for a class that is no shape.
 */
export function openShapesClassification(options: ShapesClassificationOptions): ClassificationDataset {
  const { seed, count, imageSize = 96, split = 'train', classNames = SHAPE_CLASSES } = options;
  checkShapeClasses(classNames);
  return datasetOf({ kind: 'shapes', seed, split, count, size: imageSize, classNames }, { classNames, split });
}

/** Refuses a class name that is no shape. @throws ConfigError that names the nearest shape. */
export function checkShapeClasses(classNames: readonly string[]): void {
  for (const name of classNames) {
    if (SHAPE_CLASSES.includes(name)) continue;
    const nearest = nearestName(name, SHAPE_CLASSES);
    throw new ConfigError({
      where: 'shape classes',
      found: `'${name}' is no shape`,
      expected: SHAPE_CLASSES.join(', '),
      fix: nearest === undefined ? 'Choose some of these' : `Did you mean '${nearest}'?`,
    });
  }
}
