import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';

const NAME = /^comp[34]_det_(.+)\.txt$/;

/** A detection file and the class that its name says. */
export interface DetectionFile {
  readonly path: string;
  readonly className: string;
}

/**
 * Finds the devkit detection files `comp3_det_<set>_<class>.txt` and `comp4_det_<set>_<class>.txt` of a folder, sorted
 * by class, or takes the one file that the path names.
 *
 * Set and class may both hold underscores: a known set is taken off first, then a known class; else the class is what
 * follows the last underscore.
 *
 * @returns the files, and those whose class is not in `classNames`
 * @throws DatasetError when there is no such file, or two of one class
 */
export function findDetectionFiles(
  path: string,
  options: { readonly classNames?: readonly string[]; readonly set?: string },
): { readonly files: DetectionFile[]; readonly others: DetectionFile[] } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new DatasetError({
      where: path,
      found: 'there is no such file or folder',
      fix: 'Pass the folder of the detection files',
    });
  }
  const isFolder = found.isDirectory();
  const folder = isFolder ? path : dirname(path);
  const names = isFolder ? readdirSync(path).sort() : [basename(path)];
  const files = new Map<string, DetectionFile>();
  const others: DetectionFile[] = [];
  for (const name of names) {
    const className = classOf(name, options);
    if (className === undefined) continue;
    const file = { path: join(folder, name), className };
    if (options.classNames !== undefined && !options.classNames.includes(className)) {
      others.push(file);
      continue;
    }
    const other = files.get(className);
    if (other !== undefined) {
      throw new DatasetError({
        where: folder,
        found: `${basename(other.path)} and ${name} are both of the class ${className}`,
        fix: 'Keep the files of one set and competition in the folder, or name the set',
      });
    }
    files.set(className, file);
  }
  if (files.size + others.length === 0) {
    const set = options.set ?? '<set>';
    throw new DatasetError({
      where: path,
      found: isFolder ? 'no detection file is in it' : 'the name is not that of a detection file',
      expected: `comp4_det_${set}_<class>.txt or comp3_det_${set}_<class>.txt`,
      fix: 'Pass the folder that holds these files, and name them so',
    });
  }
  return { files: [...files.values()], others };
}

function classOf(
  name: string,
  options: { readonly classNames?: readonly string[]; readonly set?: string },
): string | undefined {
  const rest = NAME.exec(name)?.[1];
  if (rest === undefined) return undefined;
  const { set, classNames = [] } = options;
  if (set !== undefined) return rest.startsWith(`${set}_`) ? rest.slice(set.length + 1) || undefined : undefined;
  const known = classNames.filter((className) => rest.endsWith(`_${className}`) && rest.length > className.length + 1);
  if (known.length > 0) return known.reduce((a, b) => (b.length > a.length ? b : a));
  const last = rest.lastIndexOf('_');
  return last > 0 ? rest.slice(last + 1) || undefined : undefined;
}
