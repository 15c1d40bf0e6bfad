import { Random } from '@featuremine/random';
import { figureGrid, imageWithBoxes } from '@featuremine/training';
import type { DrawnBox, PageSection } from '@featuremine/training';
import { classificationBatches, EXAMPLE_JPEG, jpegDataUri } from '@featuremine/vision-data';
import type { ClassificationDataset, WorkerPool } from '@featuremine/vision-data';
import type { ClassificationData } from './classification-data';
import type { FeatureMining, MinedBox } from './feature-mining/feature-mining';

const COUNT = 6;

/** What the examples of a training are made from. */
export interface TrainingExamplesParts {
  readonly training: ClassificationData;
  /** [count of the training images], where they are not those of the data set. */
  readonly trainingLabels?: Int32Array | undefined;
  readonly mining: FeatureMining;
  readonly pool: WorkerPool;
  readonly seed: number;
}

/**
 * The part of a training report that shows training images as the network saw them in the first epoch, and the boxes
 * that Feature Mining drew in the first steps.
 */
export async function examplesSection(parts: TrainingExamplesParts): Promise<PageSection> {
  const { training, mining, pool, seed } = parts;
  const { dataset, imageSize, transform } = training;
  const subset = chosenImages(dataset.count, seed);
  const options = { pool, batchSize: subset.length, imageSize, transform, seed, epoch: 0, subset } as const;
  const figures: string[] = [];
  const batches = classificationBatches(readByNumber(dataset), { ...options, order: 'sequential', lastBatch: 'short' });
  for await (const { images, indices } of batches) {
    const size = images.data.length / indices.length;
    for (const [place, index] of indices.entries()) {
      const data = images.data.subarray(place * size, (place + 1) * size);
      const boxes = mining.boxes(seed, place);
      figures.push(
        await imageFigure(
          { width: imageSize, height: imageSize, data },
          { label: labelText(parts, index), step: place + 1, boxes },
        ),
      );
    }
  }
  return { title: 'Examples', body: `<p>${noteOf(mining.boxes(seed, 0))}</p>${figureGrid(figures)}` };
}

async function imageFigure(
  image: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  { label, step, boxes }: { readonly label: string; readonly step: number; readonly boxes: readonly MinedBox[] },
): Promise<string> {
  const isEmpty = ({ box }: MinedBox): boolean => box.right === box.left || box.bottom === box.top;
  const stages = [...new Set(boxes.map(({ stage }) => stage))];
  const drawn = boxes
    .filter((mined) => !isEmpty(mined))
    .map(({ stage, map, box }): DrawnBox => {
      const [x, y] = [image.width / map.width, image.height / map.height];
      return {
        box: [box.left * x, box.top * y, box.right * x, box.bottom * y],
        label: stage,
        colour: stages.indexOf(stage),
      };
    });
  const ofStep = boxes.length === 0 ? '' : `; step ${step}`;
  const empty = boxes.filter(isEmpty).map(({ stage }) => `, ${stage}: an empty box`);
  const dataUri = await jpegDataUri(image, EXAMPLE_JPEG);
  return imageWithBoxes({ ...image, dataUri, boxes: drawn, caption: `${label}${ofStep}${empty.join('')}` });
}

function labelText({ training, trainingLabels }: TrainingExamplesParts, index: number): string {
  const { classNames } = training.dataset;
  const own = training.dataset.labelOf(index);
  const trained = trainingLabels?.[index] ?? own;
  return trained === own ? classNames[own] : `${classNames[trained]} (falsified, it is ${classNames[own]})`;
}

function noteOf(boxes: readonly MinedBox[]): string {
  const images =
    'Training images with their labels, drawn by the seed, as the network saw them in the first epoch: cropped, flipped ' +
    'and resized, and not yet mixed.';
  if (boxes.length === 0) return images;
  return (
    `${images} Boxes: where Feature Mining separates the maps of the named stages, in step 1 at the first image, in ` +
    'step 2 at the second, and so on; in training, one box serves the whole batch.'
  );
}

// Distinct, in the order in which they are drawn.
function chosenImages(count: number, seed: number): Int32Array {
  const random = Random.of(seed, 'examples');
  const chosen = new Set<number>();
  while (chosen.size < Math.min(COUNT, count)) chosen.add(random.integer(count));
  return Int32Array.from(chosen);
}

// Not as a stream from its beginning.
function readByNumber(dataset: ClassificationDataset): ClassificationDataset {
  const { source } = dataset;
  return source.kind === 'packed' ? { ...dataset, source: { ...source, shuffleBuffer: 0 } } : dataset;
}
