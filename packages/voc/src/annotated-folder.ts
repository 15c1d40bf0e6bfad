import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError, nearestName } from '@featuremine/errors';
import { isFolder } from '@featuremine/files';
import { assembleImageSet } from './assemble-image-set';
import type { ImageEntry, ReadImageSetOptions, VocImageSet } from './assemble-image-set';
import { readSetText } from './devkit';
import { folderLayout, folderParts, setFile } from './folder-layout';
import type { Fault } from './fault';
import type { FolderLayout } from './folder-layout';
import type { ImageFiles } from './image-files';
import { SetLineCollector } from './set-lines';

/**
 * Reads a folder of images with VOC annotations: XML beside the images, or both in folders of their own beside each
 * other (`images/` and `annotations/`, or `JPEGImages/` and `Annotations/`); an XML file belongs to the image of its
 * stem. Images without an XML file are left out and counted.
 *
 * `sets` chooses parts by name, several with commas: a part is a file `ImageSets/Main/<name>.txt` with an image a line,
 * or a folder `<name>/` that is itself of this form. Without it, all of the folder is read.
 *
 * @throws DatasetError for a folder without annotations, an unknown part, and as `readImageSet`.
 */
export function readAnnotatedFolder(folder: string, sets?: string, options: ReadImageSetOptions = {}): VocImageSet {
  const { entries, faults, unannotatedImageCount } = listAnnotatedFolder(folder, sets);
  const where = sets === undefined ? folder : `${folder}, ${sets}`;
  return assembleImageSet({ where, entries, faults, unannotatedImageCount }, options);
}

/** The annotations of a folder or of parts of it, before they are read, with the images that they belong to. */
export function listAnnotatedFolder(folder: string, sets: string | undefined): FolderPart & { faults: Fault[] } {
  if (!isFolder(folder)) {
    throw new DatasetError({ where: folder, found: 'there is no such folder', fix: 'Pass the folder of the images' });
  }
  if (sets === undefined) return { ...wholeFolder(folder, ''), faults: [] };
  const collected = new SetLineCollector();
  const parts = sets.split(',').map((name) => readPart(folder, name.trim(), collected));
  return {
    entries: parts.flatMap(({ entries }) => entries),
    faults: collected.faults,
    unannotatedImageCount: parts.reduce((sum, part) => sum + part.unannotatedImageCount, 0),
  };
}

interface FolderPart {
  readonly entries: readonly (ImageEntry & { readonly images: ImageFiles })[];
  readonly unannotatedImageCount: number;
}

function readPart(folder: string, name: string, collected: SetLineCollector): FolderPart {
  const parts = folderParts(folder);
  if (!parts.includes(name)) {
    const near = nearestName(name, parts);
    throw new DatasetError({
      where: `set ${name}`,
      found: `${folder} has neither ${setFile('', 'NAME')} nor a folder NAME of annotated images with this name`,
      expected: parts.length > 0 ? `one of ${parts.join(', ')}` : 'no name: the folder has no parts',
      fix: near === undefined ? 'Name a part, or make parts with retinanet split' : `Did you mean ${near}?`,
    });
  }
  const file = setFile(folder, name);
  return existsSync(file) ? namedImages(folder, file, { name, collected }) : wholeFolder(join(folder, name), name);
}

function wholeFolder(folder: string, year: string): FolderPart {
  const layout = requireLayout(folder);
  const entries = [...layout.annotations].map(([id, annotationPath]) =>
    entryOf(layout, id, { year, place: { file: annotationPath } }),
  );
  const matched = entries.filter(({ found }) => found !== undefined).length;
  return { entries, unannotatedImageCount: layout.images.count - matched };
}

function namedImages(
  folder: string,
  file: string,
  { name, collected }: { readonly name: string; readonly collected: SetLineCollector },
): FolderPart {
  const layout = requireLayout(folder);
  const first = collected.lines.length;
  collected.add(readSetText(file), { year: '', set: name, file }, (id) => layout.annotations.has(id));
  const entries = collected.lines
    .slice(first)
    .map(({ id, line }) => entryOf(layout, id, { year: '', place: { file, object: line } }));
  return { entries, unannotatedImageCount: 0 };
}

function entryOf(
  { annotations, annotationFolder, images }: FolderLayout,
  id: string,
  { year, place }: Pick<ImageEntry, 'year' | 'place'>,
): FolderPart['entries'][number] {
  const annotationPath = annotations.get(id) ?? join(annotationFolder, `${id}.xml`);
  return { id, year, annotationPath, found: images.find(id), imageFolder: images.folder, images, place };
}

function requireLayout(folder: string): FolderLayout {
  const layout = folderLayout(folder);
  if (layout !== undefined) return layout;
  const [part, ...others] = folderParts(folder);
  if (part === undefined) {
    throw new DatasetError({
      where: folder,
      found: 'no annotation (*.xml)',
      expected: 'VOC annotations beside the images, or in a folder of their own beside that of the images',
      fix: existsSync(join(folder, '..', 'VOCdevkit'))
        ? `Pass --voc ${join(folder, '..', 'VOCdevkit')}`
        : 'Export the annotations as Pascal VOC, an XML file for each image',
    });
  }
  throw new DatasetError({
    where: folder,
    found: `annotations in its folders only: ${[part, ...others].join(', ')}`,
    expected: 'the name of a part',
    fix: `Pass --train ${part} (training), --set ${others[0] ?? part} (evaluation), or the folder of one part`,
  });
}
