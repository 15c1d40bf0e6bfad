import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';

/** Where an image of a COCO file is, or why it is nowhere. */
export type FoundImage = { readonly path: string } | { readonly fault: string };

/**
 * Finds images by COCO's `file_name` below a folder; a name with folders is also looked for without them. Folders are
 * listed once. A name that leads out of the folder is a fault.
 */
export function cocoImageFinder(folder: string): (fileName: string) => FoundImage {
  const listed = new Map<string, ReadonlySet<string>>();
  const holds = (path: string): boolean => {
    const parent = dirname(path);
    let names = listed.get(parent);
    if (names === undefined) {
      names = new Set(existsSync(parent) ? readdirSync(parent) : []);
      listed.set(parent, names);
    }
    return names.has(path.slice(parent.length + 1));
  };
  return (fileName) => {
    const relative = normalize(fileName.replaceAll('\\', '/'));
    if (fileName === '') return { fault: 'it has no "file_name"' };
    if (isAbsolute(relative) || relative.split(sep).includes('..') || relative.includes('\0')) {
      return { fault: `its "file_name" leads out of ${folder}` };
    }
    const whole = join(folder, relative);
    if (holds(whole)) return { path: whole };
    const bare = join(folder, relative.slice(relative.lastIndexOf(sep) + 1));
    return holds(bare) ? { path: bare } : { fault: `it is not in ${folder}` };
  };
}
