import { basename } from 'node:path';
import type { VocAnnotation } from './annotation-types';
import { makeFault } from './fault';
import type { Fault } from './fault';
import type { ImageFiles } from './image-files';
import { readImageSize } from './image-size';
import type { ImageSize } from './image-size';

/** An image's size as stored, and how viewers turn it: EXIF's orientation, 1 or undefined for not at all. */
export type ProbedImage = ImageSize & { readonly orientation?: number | undefined };

/** Tells an image file's size, or undefined when it cannot be decoded. */
export type ImageProbe = (path: string) => ProbedImage | undefined;

/** Faults of the image that belongs to an annotation: not there, not readable, of another size, turned by EXIF. */
export function checkImage(annotation: VocAnnotation, images: ImageFiles, probe?: ImageProbe): Fault[] {
  const { file } = annotation;
  const stem = basename(file).replace(/\.xml$/i, '');
  const path = images.find(stem);
  if (path === undefined) return [makeFault('missing-image', `${stem} has no image in ${images.folder}`, { file })];
  return judgeImage(annotation, path, probe);
}

/** Faults of an image file whose annotation says this size (0 when it says none). */
export function judgeImage(
  { file, width, height }: Pick<VocAnnotation, 'file' | 'width' | 'height'>,
  path: string,
  probe?: ImageProbe,
): Fault[] {
  const size = sizeOf(path, probe);
  if (size === 'unknown') return [];
  if (size === undefined) return [makeFault('unreadable-image', `the image ${path} cannot be read`, { file })];
  const { orientation = 1 } = size;
  const turning = `its EXIF orientation ${orientation} turns it on the screen only`;
  if (width === 0 || (size.width === width && size.height === height)) {
    return orientation === 1 ? [] : [makeFault('turned-image', `${basename(path)}: ${turning}`, { file })];
  }
  const isTurned = orientation >= 5 && size.width === height && size.height === width;
  const sizes = `<size> is ${width}x${height}, the image ${basename(path)} is ${size.width}x${size.height}`;
  return [makeFault('size-mismatch', isTurned ? `${sizes}, and ${turning}: rotate its pixels` : sizes, { file })];
}

function sizeOf(path: string, probe: ImageProbe | undefined): ProbedImage | undefined | 'unknown' {
  try {
    return probe === undefined ? readImageSize(path) : probe(path);
  } catch {
    return undefined;
  }
}
