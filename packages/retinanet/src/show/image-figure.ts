import { boxAt } from '@featuremine/boxes';
import { imageWithBoxes } from '@featuremine/training';
import type { DrawnBox } from '@featuremine/training';
import { jpegDataUri } from '@featuremine/vision-data';
import type { DetectionSample } from '@featuremine/vision-data';
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
  const objects = dashedObjects(sample);
  const caption = `${sample.imagePath}: ${found.length} found, ${objects.length} annotated`;
  return figure(sample, { boxes: [...objects, ...found], caption });
}

/** The annotated objects of an image, dashed and without names, as they stand behind what was found in it. */
export function dashedObjects(sample: Pick<DetectionSample, 'boxes' | 'labels'>): DrawnBox[] {
  return objectsOf(sample, [], () => true).map((box) => ({ ...box, label: '' }));
}

function objectsOf(
  { boxes, labels }: Pick<DetectionSample, 'boxes' | 'labels'>,
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
  const dataUri = await jpegDataUri(imagePath, { maxSidePx: LONGEST_SIDE_PX });
  return imageWithBoxes({ dataUri, width, height, ...content });
}
