import type { DetectionSample } from '@featuremine/vision-data';
import type { VocImageSet } from '@featuremine/voc';

/** The images of a VOC set as samples for batches: boxes `[G, 4]` in pixels of the file, class ids, difficult flags. */
export function samplesOf(set: VocImageSet): DetectionSample[] {
  return set.images.map(({ id, imagePath, widthPx, heightPx, objects }) => ({
    id,
    imagePath,
    width: widthPx,
    height: heightPx,
    boxes: Float32Array.from(objects.flatMap(({ box }) => [...box])),
    labels: Int32Array.from(objects, ({ classId }) => classId),
    isDifficult: Uint8Array.from(objects, ({ isDifficult }) => (isDifficult ? 1 : 0)),
  }));
}
