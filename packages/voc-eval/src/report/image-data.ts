import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GroundTruthImage } from '../ground-truth';

/** Larger files stay out of the page. */
const largestBytes = 4_000_000;

/**
 * An image file as a data URI for a page, or undefined when there is none, it is larger than 4 MB, or it is none of
 * JPEG, PNG, GIF and WebP, by its first bytes.
 *
 * @param folder where files are looked for by name; the image's own path is used without it.
 */
export function imageDataUri(image: GroundTruthImage, folder: string | undefined): string | undefined {
  const path = folder === undefined ? image.imagePath : join(folder, image.fileName ?? `${image.id}.jpg`);
  if (path === undefined) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > largestBytes) return undefined;
  const bytes = readFileSync(path);
  const type = mediaType(bytes);
  return type === undefined ? undefined : `data:${type};base64,${bytes.toString('base64')}`;
}

function mediaType(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('GIF8')) return 'image/gif';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return undefined;
}
