import type { GroundTruth } from './ground-truth';

/** The numbers by which COCO files refer to images and classes. */
export interface CocoIds {
  /** One for each image. */
  readonly images: readonly number[];
  /** [K] one for each class. */
  readonly categories: readonly number[];
}

/**
 * COCO's numbers for a ground truth: its own when it came from a COCO file; else classes are 1 … K and an image's
 * number is that of its VOC id (`000012` is 12, `2008_000012` is 2008000012), or its place from 1 when one id is no
 * such number or two are equal.
 */
export function cocoIds(groundTruth: GroundTruth): CocoIds {
  const categories = groundTruth.categoryIds ?? groundTruth.classNames.map((_, classId) => classId + 1);
  const own = groundTruth.images.map(({ cocoId, id }) => cocoId ?? numberOf(id));
  const areUsable = own.every((id) => Number.isSafeInteger(id)) && new Set(own).size === own.length;
  return { categories, images: areUsable ? own : own.map((_, index) => index + 1) };
}

function numberOf(id: string): number {
  const digits = id.replace('_', '').replace('/', '');
  return /^\d+$/.test(digits) ? Number(digits) : NaN;
}
