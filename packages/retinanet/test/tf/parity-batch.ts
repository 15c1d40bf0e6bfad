import { join } from 'node:path';
import { detectionBatches } from '@featuremine/vision-data';
import type { DetectionBatch, DetectionResize, DetectionSample, WorkerPool } from '@featuremine/vision-data';
import sharp from 'sharp';
import { formulaImage } from '../formula-weights';

/** What a fixture of torchvision's RetinaNet was computed on: images by formula with their objects. */
export interface ParityCase {
  readonly samples: readonly DetectionSample[];
  readonly resize: DetectionResize;
  /** One batch of all images with their targets. */
  readonly batch: DetectionBatch;
}

/** Makes the images that a fixture's metadata describe, and one batch of them. */
export async function parityCase(
  metadata: ReadonlyMap<string, string>,
  folder: string,
  pool: WorkerPool,
): Promise<ParityCase> {
  const sizes = JSON.parse(metadata.get('imageSizes')!) as [number, number][];
  const gtBoxes = JSON.parse(metadata.get('gtBoxes')!) as number[][][];
  const gtLabels = JSON.parse(metadata.get('gtLabels')!) as number[][];
  const resize: DetectionResize = {
    kind: 'min-max',
    minSize: Number(metadata.get('minSize')),
    maxSize: Number(metadata.get('maxSize')),
  };
  const samples = await Promise.all(
    sizes.map(async ([height, width], index): Promise<DetectionSample> => {
      const imagePath = join(folder, `${index}.png`);
      const raw = { width, height, channels: 3 } as const;
      await sharp(Buffer.from(formulaImage(index, height, width)), { raw }).toFile(imagePath);
      return {
        id: String(index),
        imagePath,
        width,
        height,
        boxes: Float32Array.from(gtBoxes[index].flat()),
        labels: Int32Array.from(gtLabels[index]),
        isDifficult: new Uint8Array(gtLabels[index].length),
      };
    }),
  );
  const batches = detectionBatches(samples, {
    pool,
    batchSize: samples.length,
    seed: 0,
    epoch: 0,
    order: 'sequential',
    lastBatch: 'short',
    resize,
    pixels: 'float32',
    matching: {},
  });
  const { value } = await batches.next();
  await batches.return();
  return { samples, resize, batch: value as DetectionBatch };
}
