import { readFileSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { listImageFiles } from '@featuremine/voc';
import type { GroundTruthImage } from '../ground-truth';

/** Larger files stay out of the page. */
const largestBytes = 4_000_000;

/**
 * An image file as a data URI for a page, or undefined when there is none, it is larger than 4 MB, or it is none of
 * JPEG, PNG, GIF and WebP, by its first bytes.
 *
 * @param folder where files are looked for by name and then by stem; the image's own path is used without it.
 */
export function imageDataUri(image: GroundTruthImage, folder: string | undefined): string | undefined {
  const path = folder === undefined ? image.imagePath : imageIn(folder, image);
  if (path === undefined) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > largestBytes) return undefined;
  const bytes = readFileSync(path);
  const type = mediaType(bytes);
  return type === undefined ? undefined : `data:${type};base64,${bytes.toString('base64')}`;
}

/** The file of the image's name, which may not lead out of the folder, else the image file whose stem is the id. */
function imageIn(folder: string, { id, fileName }: GroundTruthImage): string | undefined {
  const named = fileName === undefined ? undefined : resolve(folder, fileName);
  if (named?.startsWith(resolve(folder) + sep) === true && statSync(named, { throwIfNoEntry: false }) !== undefined) {
    return named;
  }
  return listImageFiles(folder).find(id.slice(id.lastIndexOf('/') + 1));
}

function mediaType(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('GIF8')) return 'image/gif';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return undefined;
}
