import { iouMatrix } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import { paddedSize, resizeBoxes, resizedSize } from '@featuremine/vision-data';
import type { DetectionResize } from '@featuremine/vision-data';
import type { VocImage } from '@featuremine/voc';
import { anchorsFor } from './anchor-cache';

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

const FITTED_IOU = 0.5;
const MISSED_IOU = 0.4;
const SIZE_LIMITS_PX = [16, 32, 64, 128, 256, 512, Infinity];

/** Counts, for all objects of the images, the best IoU of an anchor after resizing. */
export function anchorCoverage(
  images: readonly VocImage[],
  resize: DetectionResize,
  shapes?: AnchorShapes,
): AnchorCoverage {
  const total = new Counter();
  const byClass = new Map<number, Counter>();
  const bySize = SIZE_LIMITS_PX.map((belowPx) => ({ belowPx, counter: new Counter() }));
  for (const { widthPx, heightPx, objects } of images) {
    if (objects.length === 0 || widthPx === 0 || heightPx === 0) continue;
    const original = { width: widthPx, height: heightPx };
    const resized = resizedSize(resize, original);
    const boxes = resizeBoxes(Float32Array.from(objects.flatMap(({ box }) => [...box])), original, resized);
    const best = bestIous(boxes, anchorsFor(paddedSize(resize, [resized]), shapes));
    objects.forEach(({ classId }, i) => {
      const side = Math.sqrt((boxes[i * 4 + 2] - boxes[i * 4]) * (boxes[i * 4 + 3] - boxes[i * 4 + 1]));
      const ofClass = byClass.get(classId) ?? new Counter();
      byClass.set(classId, ofClass);
      for (const counter of [total, ofClass, bySize.find(({ belowPx }) => side < belowPx)!.counter])
        counter.add(best[i]);
    });
  }
  return {
    ...total.counts(),
    byClass: new Map([...byClass].map(([classId, counter]) => [classId, counter.counts()])),
    bySize: bySize.map(({ belowPx, counter }) => ({ belowPx, ...counter.counts() })),
  };
}

/** What to do when more than a tenth of the objects have no anchor that fits; `undefined` when all is well. */
export function adviceOn({ objects, missed }: ClassCoverage): string | undefined {
  if (missed * 10 <= objects) return undefined;
  return (
    `${missed} of ${objects} objects are too small or too long for the anchors at this image size. ` +
    'The smallest anchor is 32 px wide: take a larger --image-size (retinanet anchors shows what it gives)'
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

function bestIous(boxes: Float32Array, anchors: Float32Array): Float64Array {
  const overlaps = iouMatrix(boxes, anchors); // [G, R]
  const anchorCount = anchors.length / 4;
  return Float64Array.from({ length: boxes.length / 4 }, (_, box) => {
    let best = 0;
    for (let i = box * anchorCount; i < (box + 1) * anchorCount; i++) best = Math.max(best, overlaps[i]);
    return best;
  });
}
