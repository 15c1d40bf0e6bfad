import { DatasetError } from '@featuremine/errors';
import type { DetectionBatch } from './batch-tensors';
import type { DetectionBatchOptions } from './batch-options';
import type { DetectionSample } from './detection-sample';
import { checkResize } from './detection-resize';
import { epochBatches, shareWithPool } from './epoch-batches';
import { aspectGroup } from './epoch-plan';
import type { DetectionResize } from './transform-options';

/**
 * The batches of one epoch of detection samples, in order, made ahead of time by the pool.
 *
 * @throws ConfigError for an impossible size, DatasetError for a box without area where anchors are matched to boxes; from
 * the iterator: DatasetError that names the image at fault.
 */
export function detectionBatches(
  samples: readonly DetectionSample[],
  options: DetectionBatchOptions,
): AsyncGenerator<DetectionBatch, void, undefined> {
  const { pool, resize, pixels, augmentation, matching, seed, epoch, cacheBytes = 0 } = options;
  checkResize(resize);
  if (matching !== undefined) checkBoxes(samples);
  const ids = shareWithPool(pool, samples, {
    count: samples.length,
    sizeBytes: cacheBytes,
    decoding: decodingName(resize, pixels),
  });
  const groups = samples.map(({ width, height }) => (height > 0 ? aspectGroup(width, height) : 0));
  return epochBatches(options, {
    count: samples.length,
    ...(options.isGroupedByAspect === true ? { groups } : {}),
    taskFor: (batch) => ({
      kind: 'detection',
      where: `batch ${batch.batchIndex} of epoch ${epoch}`,
      samples: ids.data,
      cache: ids.cache,
      ...batch,
      resize,
      pixels,
      augmentation,
      matching,
      seed,
      epoch,
    }),
  });
}

// Fully decoded images serve every size; images resized while decoding serve one size, if it is not drawn anew.
function decodingName(resize: DetectionResize, pixels: 'uint8' | 'float32'): string | undefined {
  if (pixels === 'float32') return 'whole';
  if (resize.kind === 'min-max' && [resize.minSize].flat().length > 1) return undefined;
  return JSON.stringify(resize);
}

function checkBoxes(samples: readonly DetectionSample[]): void {
  for (const { imagePath, boxes } of samples) {
    for (let i = 0; i < boxes.length; i += 4) {
      if (boxes[i + 2] > boxes[i] && boxes[i + 3] > boxes[i + 1]) continue;
      throw new DatasetError({
        where: imagePath,
        found: `object ${i / 4 + 1} has the box [${boxes.subarray(i, i + 4).join(', ')}], which has no area`,
        fix: 'Fix the annotation, or read it with --on-bad-box=skip',
      });
    }
  }
}
