import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { readImageSize } from '@featuremine/vision-data';
import type { DetectionSample } from '@featuremine/vision-data';
import { isImageName } from '@featuremine/voc';
import { filesMatching, isGlob } from './glob';

const SHOWN = 20;
/** So many images are looked at side by side. */
const ABREAST = 32;

/**
 * The image files that arguments name: files as they are, of folders the images in them, of patterns (`photos/*.jpg`,
 * `photos/**`) the images that match; folders and patterns sorted by name. An image that is named twice is there once.
 *
 * @throws DatasetError that lists every argument that is missing, and folders and patterns without an image.
 */
export function findImages(paths: readonly string[]): string[] {
  const missing = paths.filter((path) => !existsSync(path) && !isGlob(path));
  if (missing.length > 0) {
    throw new DatasetError({
      where: firstOf(missing),
      found: 'there is no such file or folder',
      fix: 'Check the path',
    });
  }
  return [
    ...new Set(
      paths.flatMap((path) => {
        if (!existsSync(path)) return imagesMatching(path);
        return statSync(path).isDirectory() ? imagesOf(path) : [path];
      }),
    ),
  ];
}

/**
 * Reads the size of each image, and makes a sample without objects of it.
 *
 * @throws DatasetError that lists the images that cannot be read.
 */
export async function samplesOfImages(files: readonly string[]): Promise<DetectionSample[]> {
  const unreadable: string[] = [];
  const samples: DetectionSample[] = [];
  for (let start = 0; start < files.length; start += ABREAST) {
    const some = files.slice(start, start + ABREAST);
    const sizes = await Promise.all(some.map((file) => readImageSize(file).catch(() => undefined)));
    sizes.forEach((size, i) => {
      if (size === undefined) unreadable.push(some[i]);
      else samples.push(sampleWithoutObjects(some[i], size));
    });
  }
  if (unreadable.length > 0) {
    throw new DatasetError({
      where: firstOf(unreadable),
      found: 'it cannot be read as an image',
      fix: 'Pass JPEG, PNG, WebP, GIF, TIFF or AVIF files; a broken one must be left out',
    });
  }
  return samples;
}

function firstOf(paths: readonly string[]): string {
  return paths.slice(0, SHOWN).join(', ') + (paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '');
}

function sampleWithoutObjects(file: string, size: { width: number; height: number }): DetectionSample {
  const none = { boxes: new Float32Array(0), labels: new Int32Array(0), isDifficult: new Uint8Array(0) };
  return { id: file, imagePath: file, ...size, ...none };
}

function imagesMatching(pattern: string): string[] {
  const files = filesMatching(pattern).filter(isImageName);
  if (files.length > 0) return files;
  throw new DatasetError({
    where: pattern,
    found: 'no image matches this pattern',
    fix: 'Check the pattern: * stands for a part of a name, ** for any folders',
  });
}

function imagesOf(folder: string): string[] {
  const names = readdirSync(folder).filter(isImageName);
  if (names.length === 0) {
    throw new DatasetError({
      where: folder,
      found: 'no image in this folder',
      fix: 'Name a folder of JPEG or PNG files, or the files',
    });
  }
  return names.sort().map((name) => join(folder, name));
}
