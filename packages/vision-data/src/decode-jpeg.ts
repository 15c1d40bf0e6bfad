import type { DecodedImage, ImagePart, ImageSize } from './image';
import { jpegLibrary, JpegParameter, type JpegLibrary } from './jpeg-library';
import type { Region } from './resize-smooth';

/** What a JPEG file's header says. */
export interface JpegHeader extends ImageSize {
  /** Width and height of the blocks that it is decoded by (MCU). */
  readonly block: ImageSize;
}

const RGB = 0;
const YCBCR = 1;
const GREY = 2;
// By TJSAMP_*: 4:4:4, 4:2:2, 4:2:0, grey. Others are rare, and left to sharp.
const BLOCKS: readonly ImageSize[] = [
  { width: 8, height: 8 },
  { width: 16, height: 8 },
  { width: 16, height: 16 },
  { width: 8, height: 8 },
];
/** Scans of a progressive file beyond which it is refused: a few bytes can ask for millions. */
const MOST_SCANS = 500;

/** The header of an ordinary JPEG file (8 bits, YCbCr or grey); undefined for anything else. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const library = jpegLibrary();
  return library && headerOf(library, bytes);
}

/**
 * Decodes a JPEG file, or the part of it that has this region: no block is decoded that does not touch it. The pixels
 * are those of the whole file's decoding, and those that sharp and Pillow give.
 *
 * Undefined for what `readJpegHeader` does not know, and for a file with any fault: sharp says what it is. The thread
 * waits meanwhile: for workers.
 */
export function decodeJpeg(bytes: Uint8Array, region?: Region): DecodedImage | ImagePart | undefined {
  const library = jpegLibrary();
  const header = library && headerOf(library, bytes);
  if (library === undefined || header === undefined) return undefined;
  const whole = { width: header.width, height: header.height };
  if (region === undefined) return decode(library, bytes, { left: 0, top: 0, ...whole });
  const part = blocksAround(region, header);
  const image = decode(library, bytes, part);
  return image && { ...image, left: part.left, top: part.top, whole };
}

function headerOf(library: JpegLibrary, bytes: Uint8Array): JpegHeader | undefined {
  const { handle, DecompressHeader, Get } = library;
  if ((DecompressHeader(handle, bytes, bytes.length) as number) !== 0) return giveUp(library);
  const get = (parameter: number): number => Get(handle, parameter) as number;
  const colourSpace = get(JpegParameter.colourSpace);
  const block = BLOCKS[get(JpegParameter.subsampling)];
  if (get(JpegParameter.precision) !== 8 || get(JpegParameter.isLossless) !== 0 || block === undefined)
    return undefined;
  if (colourSpace !== YCBCR && colourSpace !== GREY) return undefined;
  return { width: get(JpegParameter.width), height: get(JpegParameter.height), block };
}

function decode(library: JpegLibrary, bytes: Uint8Array, part: Region): DecodedImage | undefined {
  const { handle, Set: set, SetCroppingRegion, Decompress8 } = library;
  const { left, top, width, height } = part;
  set(handle, JpegParameter.scanLimit, MOST_SCANS);
  if ((SetCroppingRegion(handle, { x: left, y: top, w: width, h: height }) as number) !== 0) return giveUp(library);
  const data = new Uint8Array(width * height * 3);
  if ((Decompress8(handle, bytes, bytes.length, data, 3 * width, RGB) as number) !== 0) return giveUp(library);
  return { width, height, data };
}

// The next file gets a decompressor that has not seen this one.
function giveUp(library: JpegLibrary): undefined {
  library.renew();
}

// Whole blocks, and one more on each side: colours are interpolated between the blocks.
function blocksAround({ left, top, width, height }: Region, { block, ...whole }: JpegHeader): Region {
  const x = block.width * Math.max(0, Math.floor(left / block.width) - 1);
  const y = block.height * Math.max(0, Math.floor(top / block.height) - 1);
  const right = Math.min(whole.width, block.width * (Math.ceil((left + width) / block.width) + 1));
  const bottom = Math.min(whole.height, block.height * (Math.ceil((top + height) / block.height) + 1));
  return { left: x, top: y, width: right - x, height: bottom - y };
}
