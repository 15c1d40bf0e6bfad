import { anchorsFor, boxAt, decodeBoxes } from '@featuremine/boxes';
import type { AnchorShapes, Box } from '@featuremine/boxes';
import { imageWithBoxes } from '@featuremine/training';
import type { DetectionBatch } from '@featuremine/vision-data';
import sharp from 'sharp';

/** What training sees of one image: how many anchors are foreground, ignored, and the distinct boxes behind them. */
export interface TrainingView {
  readonly file: string;
  readonly foreground: number;
  readonly ignored: number;
  /** Ground truth as the labels and deltas say it, in pixels of the resized image. */
  readonly objects: readonly { readonly classId: number; readonly box: Box }[];
  /** Anchors that are foreground, in the same pixels. */
  readonly anchors: readonly { readonly classId: number; readonly box: Box }[];
}

/**
 * Reads back from a training batch what the network is told about each image. Ground truth is decoded from the targets
 * and not taken from the annotations, so a fault anywhere between the two shows.
 */
export function trainingViews(batch: DetectionBatch, shapes?: AnchorShapes): TrainingView[] {
  const [, height, width] = batch.images.shape;
  const anchors = anchorsFor({ height, width }, shapes);
  const count = anchors.length / 4;
  const labels = batch.labels!.data;
  const deltas = batch.deltas!.data;
  return batch.files.map((file, image) => {
    const ofImage = labels.subarray(image * count, (image + 1) * count);
    const rows = [...ofImage.keys()].filter((row) => ofImage[row] >= 0);
    const chosen = Float32Array.from(rows.flatMap((row) => [...anchors.subarray(row * 4, row * 4 + 4)]));
    const chosenDeltas = rows.flatMap((row) => {
      const at = (image * count + row) * 4;
      return [...deltas.subarray(at, at + 4)];
    });
    const boxes = decodeBoxes(Float32Array.from(chosenDeltas), chosen);
    const objects: { classId: number; box: Box }[] = [];
    rows.forEach((row, i) => {
      const found = { classId: ofImage[row], box: boxAt(boxes, i) };
      if (!objects.some((object) => isSameObject(object, found))) objects.push(found);
    });
    return {
      file,
      foreground: rows.length,
      ignored: ofImage.reduce((sum, label) => sum + (label === -2 ? 1 : 0), 0),
      objects,
      anchors: rows.map((row, i) => ({ classId: ofImage[row], box: boxAt(chosen, i) })),
    };
  });
}

const DRAWN_ANCHORS = 40;

/** The image as it is in the batch, with its objects (solid) and some of the matched anchors (dashed), for a page. */
export async function trainingFigure(
  batch: DetectionBatch,
  image: number,
  { view, classNames }: { readonly view: TrainingView; readonly classNames: readonly string[] },
): Promise<string> {
  const [, padded, stride] = batch.images.shape;
  const [height, width] = batch.imageSizes.data.subarray(image * 2, image * 2 + 2);
  const size = padded * stride * 3;
  const pixels = Uint8Array.from(batch.images.data.subarray(image * size, (image + 1) * size));
  const jpeg = await sharp(pixels, { raw: { width: stride, height: padded, channels: 3 } })
    .extract({ left: 0, top: 0, width, height })
    .jpeg({ quality: 85 })
    .toBuffer();
  const step = Math.max(1, Math.ceil(view.anchors.length / DRAWN_ANCHORS));
  return imageWithBoxes({
    dataUri: `data:image/jpeg;base64,${jpeg.toString('base64')}`,
    width,
    height,
    boxes: [
      ...view.anchors
        .filter((_, i) => i % step === 0)
        .map(({ classId, box }) => ({ box, label: '', colour: classId, isDashed: true })),
      ...view.objects.map(({ classId, box }) => ({ box, label: classNames[classId], colour: classId })),
    ],
    caption: `${view.file}: ${view.objects.length} objects, ${view.foreground} anchors matched, ${view.ignored} ignored`,
  });
}

// Decoding from different anchors gives the same box up to float rounding.
function isSameObject(a: TrainingView['objects'][number], b: TrainingView['objects'][number]): boolean {
  return a.classId === b.classId && a.box.every((value, axis) => Math.abs(value - b.box[axis]) < 0.05);
}
