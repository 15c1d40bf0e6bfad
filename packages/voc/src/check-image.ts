import { basename } from 'node:path';
import type { VocAnnotation } from './annotation-types';
import { makeFault } from './fault';
import type { Fault } from './fault';
import type { ImageFiles } from './image-files';
import { readImageSize } from './image-size';
import type { ImageSize } from './image-size';

/** Tells an image file's size, or undefined when it cannot be decoded. */
export type ImageProbe = (path: string) => ImageSize | undefined;

/** Faults of the image that belongs to an annotation: not there, not readable, of another size. */
export function checkImage(annotation: VocAnnotation, images: ImageFiles, probe?: ImageProbe): Fault[] {
  const { file, width, height } = annotation;
  const stem = basename(file).replace(/\.xml$/i, '');
  const path = images.find(stem);
  if (path === undefined) return [makeFault('missing-image', `${stem} has no image in ${images.folder}`, { file })];
  const size = sizeOf(path, probe);
  if (size === 'unknown') return [];
  if (size === undefined) return [makeFault('unreadable-image', `the image ${path} cannot be read`, { file })];
  if (width === 0 || (size.width === width && size.height === height)) return [];
  const found = `<size> is ${width}x${height}, the image ${basename(path)} is ${size.width}x${size.height}`;
  return [makeFault('size-mismatch', found, { file })];
}

function sizeOf(path: string, probe: ImageProbe | undefined): ImageSize | undefined | 'unknown' {
  try {
    return probe === undefined ? readImageSize(path) : probe(path);
  } catch {
    return undefined;
  }
}
