import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { isFolder } from '@featuremine/files';

/** Extensions of image files, the preferred first where a folder holds several of one stem; case does not matter. */
const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.bmp', '.avif'];

/** True for the name or path of a file that is taken for an image; its content decides the format. */
export function isImageName(name: string): boolean {
  return rankOf(name) >= 0;
}

/** The image files of a folder by their stems. */
export interface ImageFiles {
  readonly folder: string;
  readonly count: number;
  /** Path of the image with this stem, or undefined. */
  find(stem: string): string | undefined;
}

/** Lists a folder once, so that finding many images costs no call a file; one that is not there holds none. */
export function listImageFiles(folder: string): ImageFiles {
  const files = new Map<string, { readonly name: string; readonly rank: number }>();
  for (const name of isFolder(folder) ? readdirSync(folder) : []) {
    const rank = rankOf(name);
    if (rank < 0) continue;
    const stem = name.slice(0, name.length - extname(name).length);
    const other = files.get(stem);
    if (other === undefined || rank < other.rank) files.set(stem, { name, rank });
  }
  return {
    folder,
    count: files.size,
    find: (stem) => {
      const file = files.get(stem);
      return file === undefined ? undefined : join(folder, file.name);
    },
  };
}

function rankOf(name: string): number {
  return EXTENSIONS.indexOf(extname(name).toLowerCase());
}
