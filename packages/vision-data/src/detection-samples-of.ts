import type { VocImage } from '@featuremine/voc';
import type { DetectionSample } from './detection-sample';

/** Images of a VOC image set (`readImageSet`) as samples; class ids are those of the set. */
export function detectionSamplesOf(images: readonly VocImage[]): DetectionSample[] {
  return images.map(({ id, imagePath, widthPx, heightPx, objects }) => ({
    id,
    imagePath,
    width: widthPx,
    height: heightPx,
    boxes: Float32Array.from(objects.flatMap(({ box }) => [...box])),
    labels: Int32Array.from(objects, ({ classId }) => classId),
    isDifficult: Uint8Array.from(objects, ({ isDifficult }) => (isDifficult ? 1 : 0)),
  }));
}
