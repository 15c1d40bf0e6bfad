import { boxAt } from '@featuremine/boxes';
import type { ImageSize } from '@featuremine/vision-data/browser';
import type { Detections } from './detections';

/** One object that was found. */
export interface FoundObject {
  readonly class: string;
  /** 0…1. */
  readonly score: number;
  /** x1, y1, x2, y2 in pixels of the image file; x2 and y2 are exclusive. */
  readonly box: readonly [number, number, number, number];
}

/** The size of an image, and the objects in it, best score first. */
export interface ImageDetections {
  readonly width: number;
  readonly height: number;
  readonly detections: readonly FoundObject[];
}

/** Detections with names in place of ids. */
export function namedDetections(
  { width, height }: ImageSize,
  { classIds, scores, boxes }: Detections,
  classNames: readonly string[],
): ImageDetections {
  const detections = Array.from(scores, (score, i): FoundObject => ({
    class: classNames[classIds[i]],
    score,
    box: boxAt(boxes, i),
  }));
  return { width, height, detections };
}
