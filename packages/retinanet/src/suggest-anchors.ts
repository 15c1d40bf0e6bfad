import { RETINANET_ANCHORS } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import { paddedSize } from '@featuremine/vision-data';
import type { DetectionResize, ImageSize } from '@featuremine/vision-data';
import type { VocImage } from '@featuremine/voc';
import { FITTED_IOU, resizedObjects } from './anchor-coverage';
import { AnchorFit } from './anchor-fit';

/** Anchors that fit a data set better than those it was asked about. */
export interface AnchorSuggestion extends AnchorShapes {
  /** Share of the objects that they fit at an IoU of 0.5, 0…1. */
  readonly fittedShare: number;
}

/** A suggestion must fit this share of the objects more. */
const LEAST_GAIN = 0.02;
/** torchvision's sizes or ratios are kept when others gain less than this. */
const NEGLIGIBLE = 0.005;
const MOST_OBJECTS = 20_000;
const SCALES = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((power) => 2 ** (power / 2));

/**
 * Looks for anchors that fit more objects at an IoU of 0.5: torchvision's sizes times a common factor from 1/4 to 4,
 * and torchvision's ratios or the three that the objects' own ratios gather around. Undefined when none gains 2 % of the
 * objects over `current`.
 */
export function suggestAnchors(
  images: readonly VocImage[],
  resize: DetectionResize,
  current: AnchorShapes = RETINANET_ANCHORS,
): AnchorSuggestion | undefined {
  const objects = someObjects(images, resize);
  if (objects.length === 0) return undefined;
  const { sizes, ratios } = RETINANET_ANCHORS;
  const own = typicalRatios(objects.map(({ box }) => (box[3] - box[1]) / (box[2] - box[0])));
  const candidates = [ratios, own].flatMap((chosen) =>
    SCALES.map((scale) => ({ sizes: sizes.map((size) => Math.round(size * scale)), ratios: chosen })),
  );
  const judged = candidates.map((shapes) => ({ ...shapes, fittedShare: fittedShare(objects, shapes) }));
  const most = Math.max(...judged.map((candidate) => candidate.fittedShare));
  const best = judged
    .filter((candidate) => candidate.fittedShare >= most - NEGLIGIBLE)
    .sort((a, b) => unusualness(a) - unusualness(b) || b.fittedShare - a.fittedShare)[0];
  return best.fittedShare >= fittedShare(objects, current) + LEAST_GAIN ? best : undefined;
}

interface ResizedObject {
  readonly box: Float32Array; // [4]
  readonly padded: ImageSize;
}

function someObjects(images: readonly VocImage[], resize: DetectionResize): ResizedObject[] {
  const count = images.reduce((sum, { objects }) => sum + objects.length, 0);
  const step = Math.max(1, Math.ceil(count / MOST_OBJECTS));
  const all = images.flatMap((image) => {
    const resized = resizedObjects(image, resize);
    if (resized === undefined) return [];
    const padded = paddedSize(resize, [resized.size]);
    return image.objects.map((_, i) => ({ box: resized.boxes.subarray(4 * i, 4 * i + 4), padded }));
  });
  return all.filter((_, i) => i % step === 0);
}

function fittedShare(objects: readonly ResizedObject[], shapes: AnchorShapes): number {
  const fits = new Map<string, AnchorFit>();
  let fitted = 0;
  for (const { box, padded } of objects) {
    const key = `${padded.width}x${padded.height}`;
    let fit = fits.get(key);
    if (fit === undefined) fits.set(key, (fit = new AnchorFit(padded, shapes)));
    if (fit.bestIou(box) >= FITTED_IOU) fitted++;
  }
  return fitted / objects.length;
}

// How far from torchvision's: first by ratios, then by the factor of the sizes.
function unusualness({ sizes, ratios }: AnchorShapes): number {
  const isUsual = ratios === RETINANET_ANCHORS.ratios;
  return (isUsual ? 0 : 100) + Math.abs(Math.log2(sizes[0] / RETINANET_ANCHORS.sizes[0]));
}

/** Three ratios around which these gather: means of the lower, the middle and the upper third of their logarithms. */
export function typicalRatios(ratios: readonly number[]): number[] {
  const logarithms = ratios.map(Math.log).sort((a, b) => a - b);
  const means = [0, 1, 2].map((third) => {
    const part = logarithms.slice(
      Math.floor((third * logarithms.length) / 3),
      Math.max(1, Math.ceil(((third + 1) * logarithms.length) / 3)),
    );
    return Number(Math.exp(part.reduce((sum, value) => sum + value, 0) / part.length).toPrecision(2));
  });
  return [...new Set(means)];
}
