import { RETINANET_ANCHORS } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import { paddedSize, resizeBoxes, resizedSize } from '@featuremine/vision-data';
import type { DetectionResize, ImageSize } from '@featuremine/vision-data';
import type { VocImage } from '@featuremine/voc';
import { AnchorFit } from './anchor-fit';

/** How well the anchors fit the objects of a data set at one image size. */
export interface AnchorCoverage {
  readonly objects: number;
  /** Objects that an anchor overlaps by an IoU of 0.5 or more: foreground without help. */
  readonly fitted: number;
  /** Objects that no anchor overlaps by 0.4: they are learnt from their best anchor alone. */
  readonly missed: number;
  /** The same counts by class id. */
  readonly byClass: ReadonlyMap<number, ClassCoverage>;
  /** The same counts by size: the square root of a box's area after resizing, in pixels, below each limit. */
  readonly bySize: readonly SizeCoverage[];
}

/** Counts of one class. */
export interface ClassCoverage {
  readonly objects: number;
  readonly fitted: number;
  readonly missed: number;
}

/** Counts of objects whose side is below `belowPx` and not below the limit before it. */
export interface SizeCoverage extends ClassCoverage {
  readonly belowPx: number;
}

/** The IoU from which an anchor is foreground by itself. */
export const FITTED_IOU = 0.5;
const MISSED_IOU = 0.4;
const SIZE_LIMITS_PX = [16, 32, 64, 128, 256, 512, Infinity];

/** Counts, for all objects of the images, the best IoU of an anchor after resizing. */
export function anchorCoverage(
  images: readonly VocImage[],
  resize: DetectionResize,
  shapes: AnchorShapes = RETINANET_ANCHORS,
): AnchorCoverage {
  const total = new Counter();
  const byClass = new Map<number, Counter>();
  const bySize = SIZE_LIMITS_PX.map((belowPx) => ({ belowPx, counter: new Counter() }));
  const fits = new Map<string, AnchorFit>();
  for (const image of images) {
    const resized = resizedObjects(image, resize);
    if (resized === undefined) continue;
    const padded = paddedSize(resize, [resized.size]);
    const key = `${padded.width}x${padded.height}`;
    const fit = fits.get(key) ?? new AnchorFit(padded, shapes);
    fits.set(key, fit);
    image.objects.forEach(({ classId }, i) => {
      const box = resized.boxes.subarray(4 * i, 4 * i + 4);
      const side = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
      const ofClass = byClass.get(classId) ?? new Counter();
      byClass.set(classId, ofClass);
      const iou = fit.bestIou(box);
      for (const counter of [total, ofClass, bySize.find(({ belowPx }) => side < belowPx)!.counter]) counter.add(iou);
    });
  }
  return {
    ...total.counts(),
    byClass: new Map([...byClass].map(([classId, counter]) => [classId, counter.counts()])),
    bySize: bySize.map(({ belowPx, counter }) => ({ belowPx, ...counter.counts() })),
  };
}

/** The boxes of an image after resizing, `[G, 4]`, and its size; `undefined` without objects or without a size. */
export function resizedObjects(
  { widthPx, heightPx, objects }: VocImage,
  resize: DetectionResize,
): { readonly boxes: Float32Array; readonly size: ImageSize } | undefined {
  if (objects.length === 0 || widthPx === 0 || heightPx === 0) return undefined;
  const original = { width: widthPx, height: heightPx };
  const size = resizedSize(resize, original);
  return { boxes: resizeBoxes(Float32Array.from(objects.flatMap(({ box }) => [...box])), original, size), size };
}

/**
 * What to do when more than a tenth of the objects, or a quarter of those of a class, have no anchor that fits;
 * `undefined` when all is well.
 */
export function adviceOn(
  { objects, missed, byClass }: AnchorCoverage,
  classNames: readonly string[],
): string | undefined {
  const classes = [...byClass].filter(([, counts]) => counts.missed * 4 > counts.objects);
  if (missed * 10 <= objects && classes.length === 0) return undefined;
  const worst = classes.map(([id, counts]) => `${counts.missed} of ${counts.objects} objects of ${classNames[id]}`);
  const which = missed * 10 > objects ? `${missed} of ${objects} objects` : worst.join(', ');
  return (
    `${which} are too small or too long for the anchors at this image size. ` +
    'Take a larger --image-size, or other anchors (retinanet anchors shows what they give)'
  );
}

class Counter {
  private objects = 0;
  private fitted = 0;
  private missed = 0;

  add(iou: number): void {
    this.objects++;
    if (iou >= FITTED_IOU) this.fitted++;
    if (iou < MISSED_IOU) this.missed++;
  }

  counts(): ClassCoverage {
    return { objects: this.objects, fitted: this.fitted, missed: this.missed };
  }
}
