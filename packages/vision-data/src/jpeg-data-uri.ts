import sharp from 'sharp';
import { decodeImage } from './decode-image';
import type { DecodedImage } from './image';

/** Options of `jpegDataUri`. */
export interface JpegDataUriOptions {
  /** The longer side is made so small, in pixels; smaller images stay as they are. */
  readonly maxSidePx: number;
  /** Largest size of the JPEG, which is a quarter less than that of the URI: quality and then size give way. */
  readonly maxBytes?: number;
}

/** How large an example image of a report is at most. */
export const EXAMPLE_JPEG = { maxSidePx: 320, maxBytes: 30_000 } as const;

const QUALITIES = [85, 70, 50, 30] as const;

/**
 * An image file, or pixels, as a JPEG in a data URI, for a page that needs no other file.
 *
 * @throws DatasetError for a file, as `decodeImage`
 */
export async function jpegDataUri(
  image: string | DecodedImage,
  { maxSidePx, maxBytes = Infinity }: JpegDataUriOptions,
): Promise<string> {
  const { width, height, data } = typeof image === 'string' ? (await decodeImage(image)).image : image;
  for (let side = maxSidePx; ; side = Math.ceil(side / 2)) {
    const pixels = sharp(data, { raw: { width, height, channels: 3 } });
    const small = pixels.resize(side, side, { fit: 'inside', withoutEnlargement: true });
    for (const quality of QUALITIES) {
      const jpeg = await small.clone().jpeg({ quality }).toBuffer();
      if (jpeg.length <= maxBytes || side === 1) return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
    }
  }
}
