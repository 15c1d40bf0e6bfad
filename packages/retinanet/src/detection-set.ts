import type { GroundTruth } from '@featuremine/voc-eval';
import type { VocImageSet } from '@featuremine/voc';

/** Annotated images from any source. */
export interface DetectionSet extends VocImageSet {
  /** What detections are judged against, where the source says more than the images do (COCO: crowds, areas, ids). */
  readonly groundTruth?: GroundTruth;
}

/** The first `limit` images of a set; all without a limit. */
export function firstImages(set: DetectionSet, limit: number | undefined): DetectionSet {
  if (limit === undefined) return set;
  const { groundTruth } = set;
  return {
    ...set,
    images: set.images.slice(0, limit),
    ...(groundTruth ? { groundTruth: { ...groundTruth, images: groundTruth.images.slice(0, limit) } } : {}),
  };
}
