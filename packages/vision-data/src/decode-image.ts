import { isMainThread } from 'node:worker_threads';
import sharp from 'sharp';
import type { Metadata } from 'sharp';
import { DatasetError } from '@featuremine/errors';
import { decodeJpeg, readJpegHeader } from './decode-jpeg';
import type { DecodedImage, ImagePart, ImageSize } from './image';
import { readLimited, readLimitedAsync } from './read-limited';
import { resizeSmooth, type Region } from './resize-smooth';

// One thread an image: parallelism comes from many images in work at once.
sharp.concurrency(1);
sharp.cache(false);

const PHOTO_FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif', 'jp2', 'jxl'];
/** Images with more pixels are refused. */
export const MAX_PIXELS = 120_000_000;
const MAX_FILE_BYTES = 512 * 2 ** 20;
/** In which the size of nearly every image stands. */
const HEAD_BYTES = 256 * 2 ** 10;

/** Options of `decodeImage`. */
export interface DecodeOptions {
  /** Name of the image in messages; the path by default. */
  readonly where?: string;
  /** The size that the image must have (its annotation's); another one is an error. */
  readonly expectedSize?: ImageSize | undefined;
  /**
   * The size to decode to, given the size of the file's image: resized with antialiasing while decoding (JPEG files are
   * decoded at 1/2, 1/4 or 1/8 where that is enough). Undefined decodes all pixels.
   */
  readonly sizeFor?: (original: ImageSize) => ImageSize | undefined;
  /**
   * The region that is used of an image that is not resized while decoding: it may be decoded alone, with what lies
   * around it.
   */
  readonly regionFor?: (original: ImageSize) => Region | undefined;
}

/** An image, or a part of it, and the size that it has in its file. */
export interface DecodedFile {
  readonly image: DecodedImage | ImagePart;
  readonly originalSize: ImageSize;
}

/**
 * Decodes an image file (or its bytes) to 8-bit sRGB; its content decides the format, not its name.
 *
 * Grey, palette, CMYK and 16-bit images are converted, an alpha channel is dropped, colour profiles are not applied (as
 * in torchvision), and pixels are not rotated by EXIF: boxes are annotated on pixels as they are stored.
 *
 * @throws DatasetError for a file that is missing, damaged, no image, too large, or of another size than expected.
 */
export async function decodeImage(input: string | Uint8Array, options: DecodeOptions = {}): Promise<DecodedFile> {
  const where = options.where ?? (typeof input === 'string' ? input : 'image');
  const bytes = typeof input === 'string' ? await readBytes(input, { where }) : input;
  const header = (isMainThread ? undefined : readJpegHeader(bytes)) ?? (await readMetadata(bytes, where));
  const originalSize = sizeOf(header);
  if (!isExpected(originalSize, options.expectedSize)) {
    throw wrongSize(await readMetadata(bytes, where), options.expectedSize!, where);
  }
  const size = options.sizeFor?.(originalSize);
  // libvips shrinks in place, but its enlarged pixels lie half an input pixel off: those are made here.
  const isShrunk = size !== undefined && size.width <= originalSize.width && size.height <= originalSize.height;
  // Only sharp decodes beside the thread that asks; in a data worker, which has nothing else to do, waiting is quicker.
  const canWait = 'block' in header && !isShrunk && header.width * header.height <= MAX_PIXELS;
  const region = size === undefined ? options.regionFor?.(originalSize) : undefined;
  const decoded =
    (canWait ? decodeJpeg(bytes, region) : undefined) ?? (await decodeBytes(bytes, isShrunk ? size : undefined, where));
  const isDone = size === undefined || (decoded.width === size.width && decoded.height === size.height);
  return { image: isDone ? decoded : resizeSmooth(decoded, size), originalSize };
}

/** The size of an image file, from its header. @throws DatasetError as `decodeImage`. */
export async function readImageSize(path: string): Promise<ImageSize> {
  const head = await readBytes(path, { where: path, headBytes: HEAD_BYTES });
  try {
    return sizeOf(await readMetadata(head, path));
  } catch (error) {
    if (head.length < HEAD_BYTES) throw error;
  }
  return sizeOf(await readMetadata(await readBytes(path, { where: path }), path));
}

/** The bytes of an image file, with the size that its header says. @throws DatasetError as `decodeImage`. */
export async function readImageFile(path: string): Promise<{ readonly bytes: Uint8Array; readonly size: ImageSize }> {
  const bytes = await readBytes(path, { where: path });
  return { bytes, size: sizeOf(await readMetadata(bytes, path)) };
}

function sizeOf({ width, height }: ImageSize): ImageSize {
  return { width, height };
}

async function decodeBytes(bytes: Uint8Array, size: ImageSize | undefined, where: string): Promise<DecodedImage> {
  try {
    let pipeline = open(bytes);
    if (size !== undefined) pipeline = pipeline.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
    const decoded = await pipeline.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = decoded.info;
    if (channels !== 3) throw new Error(`${channels} channels after the conversion to sRGB`);
    const { buffer, byteOffset, byteLength } = decoded.data;
    return { width, height, data: new Uint8Array(buffer, byteOffset, byteLength) };
  } catch (error) {
    throw undecodable(where, error);
  }
}

function open(bytes: Uint8Array): sharp.Sharp {
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', ignoreIcc: true });
}

async function readBytes(
  path: string,
  { where, headBytes }: { readonly where: string; readonly headBytes?: number },
): Promise<Uint8Array> {
  const fix = 'Put the image there, or leave it out of the set';
  const limit = { largestBytes: MAX_FILE_BYTES, where, what: 'an image', fix };
  if (!isMainThread && headBytes === undefined) return readLimited(path, limit);
  return readLimitedAsync(path, limit, headBytes);
}

async function readMetadata(bytes: Uint8Array, where: string): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await open(bytes).metadata();
  } catch (error) {
    throw undecodable(where, error);
  }
  if (!PHOTO_FORMATS.includes(metadata.format)) {
    throw new DatasetError({
      where,
      found: `the content is ${metadata.format}`,
      expected: 'an image of pixels such as JPEG or PNG',
      fix: 'Convert the file, or leave it out of the set',
    });
  }
  if (metadata.width * metadata.height > MAX_PIXELS) {
    throw undecodable(where, new Error(`${metadata.width}x${metadata.height} pixels, at most ${MAX_PIXELS} in all`));
  }
  return metadata;
}

function isExpected({ width, height }: ImageSize, expected: ImageSize | undefined): boolean {
  return expected === undefined || (width === expected.width && height === expected.height);
}

function wrongSize({ width, height, orientation }: Metadata, expected: ImageSize, where: string): DatasetError {
  const isTurned = width === expected.height && height === expected.width && (orientation ?? 1) >= 5;
  return new DatasetError({
    where,
    found: `the image has ${width}x${height} pixels`,
    expected: `${expected.width}x${expected.height} as in its annotation`,
    fix: isTurned
      ? `Its EXIF orientation (${orientation}) turns it on the screen only: rotate the pixels, or annotate them as stored`
      : 'Correct <size> and the boxes of the annotation, or put the annotated image there',
  });
}

function undecodable(where: string, error: unknown): DatasetError {
  const cause = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  return new DatasetError(
    { where, found: `the image cannot be decoded (${cause})`, fix: 'Replace the file, or leave it out of the set' },
    { cause: error },
  );
}
