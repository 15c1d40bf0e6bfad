import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isFolder } from '@featuremine/files';
import { listImageFiles } from './image-files';
import type { ImageFiles } from './image-files';

/** Folders that hold images or annotations by custom; others are found by what they hold. */
const IMAGE_FOLDERS: readonly string[] = ['JPEGImages', 'images', 'Images', 'img', 'imgs'];
const ANNOTATION_FOLDERS: readonly string[] = ['Annotations', 'annotations', 'xml', 'xmls', 'labels'];

/** Where the images and the annotations of a folder are. */
export interface FolderLayout {
  readonly annotationFolder: string;
  /** Paths of the XML files by their stems, in the order of the stems. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly images: ImageFiles;
}

/**
 * Finds XML files and images: in the folder itself, else in the folder inside it that has the customary name, else in
 * the only one inside it that holds such files. Undefined when no XML file is found so.
 */
export function folderLayout(folder: string): FolderLayout | undefined {
  const inside = subfolders(folder);
  const choose = (customary: readonly string[], holds: (path: string) => boolean): string | undefined => {
    if (holds(folder)) return folder;
    const named = customary.filter((name) => inside.includes(name)).map((name) => join(folder, name));
    const others = inside.map((name) => join(folder, name)).filter(holds);
    return named.find(holds) ?? (others.length === 1 ? others[0] : undefined);
  };
  const annotationFolder = choose(ANNOTATION_FOLDERS, (path) => readdirSync(path).some(isAnnotation));
  if (annotationFolder === undefined) return undefined;
  const imageFolder = choose(IMAGE_FOLDERS, (path) => listImageFiles(path).count > 0) ?? folder;
  const names = readdirSync(annotationFolder).filter(isAnnotation).sort();
  return {
    annotationFolder,
    annotations: new Map(names.map((name) => [name.slice(0, -4), join(annotationFolder, name)])),
    images: listImageFiles(imageFolder),
  };
}

/** Names of the parts that a folder has: its set files, and the folders inside it that hold annotated images. */
export function folderParts(folder: string): string[] {
  const setFolder = join(folder, 'ImageSets', 'Main');
  const files = isFolder(setFolder) ? readdirSync(setFolder).filter((name) => name.endsWith('.txt')) : [];
  const folders = subfolders(folder).filter((name) => (folderLayout(join(folder, name))?.images.count ?? 0) > 0);
  return [...new Set([...files.map((name) => name.slice(0, -4)), ...folders])].sort();
}

/** The file of an image set of a folder. */
export function setFile(folder: string, name: string): string {
  return join(folder, 'ImageSets', 'Main', `${name}.txt`);
}

function isAnnotation(name: string): boolean {
  return /\.xml$/i.test(name);
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))))
    .map(({ name }) => name)
    .sort();
}
