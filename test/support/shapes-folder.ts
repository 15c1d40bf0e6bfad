import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { openShapesClassification } from '@featuremine/vision-data';

/** Writes drawn shapes as a data set of class folders with a training and a test part. */
export async function writeShapesFolder(
  folder: string,
  { train, test, sidePx }: { readonly train: number; readonly test: number; readonly sidePx: number },
): Promise<void> {
  for (const [split, count] of Object.entries({ train, test })) {
    const shapes = openShapesClassification({ seed: 3, split, count, imageSize: sidePx, classNames: CLASSES });
    for (const name of CLASSES) mkdirSync(join(folder, split, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const { image, label } = await shapes.read(i);
      const raw = { width: image.width, height: image.height, channels: 3 } as const;
      await sharp(image.data, { raw })
        .png()
        .toFile(join(folder, split, CLASSES[label], `${i}.png`));
    }
  }
}

const CLASSES = ['circle', 'square'];
