import { imageWithBoxes } from '@featuremine/training';
import type { DrawnBox } from '@featuremine/training';
import type { DetectionSample } from '@featuremine/vision-data';
import sharp from 'sharp';
import type { Detections } from '../detections';

const LONGEST_SIDE_PX = 640;

/** An image as it is in its file, with its annotated objects (difficult ones dashed), for a page. */
export function annotatedFigure(sample: DetectionSample, classNames: readonly string[]): Promise<string> {
  const { isDifficult, labels } = sample;
  return figure(sample, {
    boxes: objectsOf(sample, classNames, (i) => isDifficult[i] === 1),
    caption: `${sample.imagePath}: ${labels.length} objects`,
  });
}

/** An image with what was found in it, and its annotated objects dashed, for a page. */
export function predictedFigure(
  sample: DetectionSample,
  classNames: readonly string[],
  { classIds, scores, boxes }: Detections,
): Promise<string> {
  const found = Array.from(scores, (score, i): DrawnBox => ({
    box: boxAt(boxes, i),
    label: `${classNames[classIds[i]]} ${score.toFixed(2)}`,
    colour: classIds[i],
  }));
  const objects = objectsOf(sample, classNames, () => true).map((box) => ({ ...box, label: '' }));
  const caption = `${sample.imagePath}: ${found.length} found, ${objects.length} annotated`;
  return figure(sample, { boxes: [...objects, ...found], caption });
}

function objectsOf(
  { boxes, labels }: DetectionSample,
  classNames: readonly string[],
  isDashed: (object: number) => boolean,
): DrawnBox[] {
  return Array.from(labels, (classId, i) => ({
    box: boxAt(boxes, i),
    label: classNames[classId],
    colour: classId,
    isDashed: isDashed(i),
  }));
}

async function figure(
  { imagePath, width, height }: DetectionSample,
  content: { readonly boxes: readonly DrawnBox[]; readonly caption: string },
): Promise<string> {
  const jpeg = await sharp(imagePath)
    .toColourspace('srgb')
    .removeAlpha()
    .resize(LONGEST_SIDE_PX, LONGEST_SIDE_PX, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer();
  return imageWithBoxes({ dataUri: `data:image/jpeg;base64,${jpeg.toString('base64')}`, width, height, ...content });
}

function boxAt(boxes: Float32Array, i: number): DrawnBox['box'] {
  return [boxes[i * 4], boxes[i * 4 + 1], boxes[i * 4 + 2], boxes[i * 4 + 3]];
}
