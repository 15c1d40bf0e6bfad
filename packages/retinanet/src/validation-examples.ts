import { Random } from '@featuremine/random';
import { escapeMarkup, figureGrid, imageWithBoxes } from '@featuremine/training';
import type { DrawnBox, PageSection } from '@featuremine/training';
import { EXAMPLE_JPEG, jpegDataUri } from '@featuremine/vision-data';
import type { DetectionSample } from '@featuremine/vision-data';
import { z } from 'zod';
import type { Detections } from './detections';
import { dashedObjects } from './show/image-figure';

const COUNT = 6;
const LEAST_SCORE = 0.3;
const MOST_DRAWN = 10;

const foundSchema = z.object({
  images: z.array(
    z.object({
      /** Its place in the validation set, from 0. */
      image: z.number().int().min(0),
      id: z.string(),
      /** How many detections are sure. */
      sure: z.number().int().min(0),
      /** The best of them, or the best one that is not sure; best score first. */
      detections: z.array(
        z.object({
          class: z.string(),
          score: z.number(),
          /** x1, y1, x2, y2 in pixels of the file. */
          box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
        }),
      ),
    }),
  ),
});

/** What was found in the images that a report shows: the content of examples.json. */
export type FoundExamples = z.output<typeof foundSchema>;

/** The images of a set that a report shows, by their numbers: drawn by the seed, those with objects first. */
export function chosenExamples(samples: readonly Pick<DetectionSample, 'labels'>[], seed: number): number[] {
  const drawn = [...Random.of(seed, 'examples').permutation(samples.length)];
  const [full, empty] = [true, false].map((hasObjects) =>
    drawn.filter((image) => samples[image].labels.length > 0 === hasObjects),
  );
  return [...full, ...empty].slice(0, COUNT).sort((a, b) => a - b);
}

/** The best detections of an image with names and rounded numbers, as examples.json has them. */
export function foundExample(
  {
    image,
    id,
    detections: { classIds, scores, boxes },
  }: {
    readonly image: number;
    readonly id: string;
    readonly detections: Detections;
  },
  classNames: readonly string[],
): FoundExamples['images'][number] {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const sure = order.filter((i) => scores[i] >= LEAST_SCORE).length;
  const detections = order.slice(0, Math.max(1, Math.min(sure, MOST_DRAWN))).map((i) => {
    const [x1, y1, x2, y2] = boxes.subarray(i * 4, i * 4 + 4);
    const box = [rounded(x1, 1), rounded(y1, 1), rounded(x2, 1), rounded(y2, 1)] as [number, number, number, number];
    return { class: classNames[classIds[i]], score: rounded(scores[i], 4), box };
  });
  return { image, id, sure, detections };
}

/**
 * The part of a training report that shows validation images with their objects and what was found in them.
 *
 * @param found what `foundExample` gave for each image, as it was read back from examples.json
 */
export async function examplesSection(
  found: unknown,
  { samples, classNames }: { readonly samples: readonly DetectionSample[]; readonly classNames: readonly string[] },
): Promise<PageSection> {
  const title = 'Examples';
  if (found === undefined) return { title, body: '<p>No image was validated yet.</p>' };
  const { images } = foundSchema.parse(found);
  const known = images.filter(({ image, id }) => samples.at(image)?.id === id); // The data may be other after a resume.
  const figures = await Promise.all(known.map((example) => figure(samples[example.image], example, classNames)));
  const note =
    `Validation images at the best epoch, drawn by the seed. Dashed: their objects; solid: what was found, ` +
    `with a score of at least ${LEAST_SCORE}.`;
  return { title, body: `<p>${escapeMarkup(note)}</p>${figureGrid(figures)}` };
}

async function figure(
  sample: DetectionSample,
  { sure, detections }: FoundExamples['images'][number],
  classNames: readonly string[],
): Promise<string> {
  const { id, imagePath, width, height, labels } = sample;
  const colourOf = (name: string): number => Math.max(0, classNames.indexOf(name));
  const found = detections.slice(0, sure).map(({ class: name, score, box }): DrawnBox => ({
    box,
    label: `${name} ${score.toFixed(2)}`,
    colour: colourOf(name),
  }));
  return imageWithBoxes({
    dataUri: await jpegDataUri(imagePath, EXAMPLE_JPEG),
    width,
    height,
    boxes: [...dashedObjects(sample), ...found],
    caption: `${id}: ${objectsText(labels, classNames)}; ${foundText(sure, detections)}`,
  });
}

function objectsText(labels: ArrayLike<number>, classNames: readonly string[]): string {
  if (labels.length === 0) return 'no object';
  const counts = new Map<string, number>();
  for (const label of Array.from(labels)) {
    counts.set(classNames[label], (counts.get(classNames[label]) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
}

function foundText(sure: number, { length: drawn, 0: best }: FoundExamples['images'][number]['detections']): string {
  if (sure > 0) return sure > drawn ? `${sure} found (the best ${drawn} drawn)` : `${sure} found`;
  return best === undefined ? 'nothing found' : `nothing sure (best: ${best.class} ${best.score.toFixed(2)})`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
