import { Random } from '@featuremine/random';
import type { ClassificationSource } from './classification-dataset';
import type { DecodedImage } from './image';
import { drawScene, placeShape } from './shape-scene';

type ShapesSource = Extract<ClassificationSource, { kind: 'shapes' }>;

/** Class id of one image of a shapes source: the classes take turns. */
export function shapesLabel(source: ShapesSource, index: number): number {
  return index % source.classNames.length;
}

/** Draws one image of a shapes source: a single shape of 36 to 84 % of the image's side. */
export function drawShapesImage(source: ShapesSource, index: number): DecodedImage {
  const { seed, split, size, classNames } = source;
  const random = Random.of(seed, 'shapes-classification', split, index);
  const radius = random.uniform(0.18, 0.42) * size;
  const place = (): number => random.uniform(0.9 * radius, size - 0.9 * radius);
  const shape = placeShape({
    className: classNames[shapesLabel(source, index)],
    centreX: place(),
    centreY: place(),
    radius,
    angle: random.uniform(0, 2 * Math.PI),
  });
  return drawScene({ width: size, height: size }, [shape], random);
}
