import { MAX_PIXELS } from '@featuremine/vision-data';
import type { ProbedImage } from '@featuremine/voc';
import sharp from 'sharp';
import { THUMBNAIL_SIDE, signatureOf } from './perceptual-hash';
import type { ImageSignature } from './perceptual-hash';

/** What a look at all pixels of an image tells. */
export interface ProbeResult extends ProbedImage {
  readonly signature: ImageSignature;
}

const AT_ONCE = 8;

/**
 * Decodes images wholly; one that cannot be decoded has no entry in the result.
 *
 * `onProgress` is called with the number of images that are done.
 */
export async function probeImages(
  paths: readonly string[],
  onProgress: (done: number) => void = () => undefined,
): Promise<Map<string, ProbeResult>> {
  const found = new Map<string, ProbeResult>();
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < paths.length) {
      const path = paths[next++];
      const result = await probe(path).catch(() => undefined);
      if (result) found.set(path, result);
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function probe(path: string): Promise<ProbeResult> {
  const image = sharp(path, { failOn: 'error', limitInputPixels: MAX_PIXELS });
  const { width, height, orientation } = await image.metadata();
  const thumbnail = await image
    .flatten()
    .greyscale()
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
  return { width, height, orientation, signature: signatureOf(new Uint8Array(thumbnail)) };
}
