import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { ConfigError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { writeAnnotation, writeImageSet } from '@featuremine/voc';
import type { DecodedImage, ImageSize } from './image';
import { checkShapeClasses } from './shapes-classification';
import { drawScene, placeShape } from './shape-scene';
import type { PlacedShape } from './shape-scene';

/** Options of `makeShapesDevkit`. */
export interface ShapesDevkitOptions {
  /** The VOCdevkit folder to make; must not exist, or be empty. */
  readonly folder: string;
  readonly seed: number;
  /** Number of images of each image set, such as { train: 200, val: 50, test: 100 }. */
  readonly counts: Readonly<Record<string, number>>;
  /** [circle, square, triangle] by default. */
  readonly classNames?: readonly string[];
  /** Smallest and largest side of the images in pixels ([192, 256]). */
  readonly imageSides?: readonly [number, number];
  /** Fewest and most objects of an image ([1, 4]). */
  readonly objectCounts?: readonly [number, number];
  /** Smallest and largest diameter of an object, as a share of the image's shorter side ([0.2, 0.5]). */
  readonly objectSizes?: readonly [number, number];
  readonly format?: 'jpeg' | 'png';
  /** The folder is VOC<year> ('2007'). */
  readonly year?: string;
}

/** What `makeShapesDevkit` made. */
export interface ShapesDevkit {
  readonly folder: string;
  readonly classNames: readonly string[];
  readonly imageCount: number;
  readonly objectCount: number;
}

/** At most this share of the smaller of two boxes is common to both. */
const MAX_OVERLAP = 0.2;

/**
 * Writes a VOCdevkit of drawn shapes: JPEGImages, Annotations, ImageSets/Main (each set, and `trainval` if there are a
 * train and a val set). The same options make the same images.
 *
 * @throws ConfigError for a folder that holds something, and for a class that is no shape.
 */
export async function makeShapesDevkit(options: ShapesDevkitOptions): Promise<ShapesDevkit> {
  const { folder, counts, classNames = ['circle', 'square', 'triangle'], year = '2007' } = options;
  checkShapeClasses(classNames);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new ConfigError({ where: folder, found: 'the folder is not empty', fix: 'Choose another, or remove it' });
  }
  const imageFolder = join(folder, `VOC${year}`, 'JPEGImages');
  mkdirSync(imageFolder, { recursive: true });
  mkdirSync(join(folder, `VOC${year}`, 'Annotations'), { recursive: true });
  const idsBySet = new Map<string, string[]>();
  let imageCount = 0;
  let objectCount = 0;
  for (const [set, count] of Object.entries(counts)) {
    const ids = Array.from({ length: count }, (_, i) => String(imageCount + i + 1).padStart(6, '0'));
    const objects = await Promise.all(ids.map((id, i) => writeImage({ ...options, classNames, year }, { set, id, i })));
    idsBySet.set(set, ids);
    imageCount += count;
    objectCount += objects.reduce((sum, number) => sum + number, 0);
  }
  const [train, val] = [idsBySet.get('train'), idsBySet.get('val')];
  if (train !== undefined && val !== undefined) idsBySet.set('trainval', [...train, ...val]);
  for (const [set, ids] of idsBySet) writeImageSet({ devkit: folder, year, set, ids });
  return { folder, classNames, imageCount, objectCount };
}

type ResolvedOptions = ShapesDevkitOptions & { readonly classNames: readonly string[]; readonly year: string };

async function writeImage(
  options: ResolvedOptions,
  { set, id, i }: { readonly set: string; readonly id: string; readonly i: number },
): Promise<number> {
  const { folder, year, seed, imageSides = [192, 256], format = 'jpeg' } = options;
  const random = Random.of(seed, 'shapes-devkit', set, i);
  const side = (): number => imageSides[0] + random.integer(imageSides[1] - imageSides[0] + 1);
  const size = { width: side(), height: side() };
  const shapes = placeShapes(size, options, random);
  const imageFile = `${id}.${format === 'jpeg' ? 'jpg' : 'png'}`;
  await writePicture(join(folder, `VOC${year}`, 'JPEGImages', imageFile), drawScene(size, shapes, random), format);
  writeAnnotation(join(folder, `VOC${year}`, 'Annotations'), {
    imageFile,
    widthPx: size.width,
    heightPx: size.height,
    objects: shapes.map(({ className, box }) => ({ name: className, box })),
    folder: `VOC${year}`,
    database: `drawn shapes, seed ${seed}`,
  });
  return shapes.length;
}

// Shapes that find no free place in 50 attempts are left out; the first always finds one.
function placeShapes(size: ImageSize, options: ResolvedOptions, random: Random): PlacedShape[] {
  const { classNames, objectCounts = [1, 4], objectSizes = [0.2, 0.5] } = options;
  const wanted = objectCounts[0] + random.integer(objectCounts[1] - objectCounts[0] + 1);
  const shapes: PlacedShape[] = [];
  for (let attempt = 0; attempt < 50 && shapes.length < wanted; attempt++) {
    const radius = (random.uniform(objectSizes[0], objectSizes[1]) * Math.min(size.width, size.height)) / 2;
    const shape = placeShape({
      className: random.pick(classNames),
      centreX: random.uniform(radius + 1, size.width - radius - 1),
      centreY: random.uniform(radius + 1, size.height - radius - 1),
      radius,
      angle: random.uniform(0, 2 * Math.PI),
    });
    if (shapes.every((other) => overlapOf(shape, other) <= MAX_OVERLAP)) shapes.push(shape);
  }
  return shapes;
}

function overlapOf({ box: a }: PlacedShape, { box: b }: PlacedShape): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const areaOf = (box: PlacedShape['box']): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / Math.min(areaOf(a), areaOf(b));
}

async function writePicture(path: string, image: DecodedImage, format: 'jpeg' | 'png'): Promise<void> {
  const { width, height, data } = image;
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  await (format === 'jpeg' ? picture.jpeg({ quality: 92 }) : picture.png()).toFile(path);
}
