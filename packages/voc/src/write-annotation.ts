import { extname, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { toVocPixel } from './voc-pixel';
import { checkName, writeTextFile } from './write-text-file';

/** What an annotation file says of one image. */
export interface AnnotationToWrite {
  /** Image file's name without a folder: `000001.jpg`. */
  readonly imageFile: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Boxes are continuous; they are written as [x1+1, y1+1, x2, y2], added in decimals. */
  readonly objects: readonly {
    readonly name: string;
    readonly box: ArrayLike<number>;
    readonly isDifficult?: boolean;
    readonly isTruncated?: boolean;
  }[];
  /** Default `VOC`. */
  readonly folder?: string;
  /** Default `Unknown`. */
  readonly database?: string;
}

/**
 * The XML text of an annotation; reading it gives the same objects, to the last bit of their boxes.
 *
 * @throws DatasetError for a box that is not finite, or a class name that could not be read back
 */
export function formatAnnotation(annotation: AnnotationToWrite): string {
  const { imageFile, widthPx, heightPx, folder = 'VOC', database = 'Unknown' } = annotation;
  const lines = [
    '<annotation>',
    `\t<folder>${escape(folder)}</folder>`,
    `\t<filename>${escape(imageFile)}</filename>`,
    '\t<source>',
    `\t\t<database>${escape(database)}</database>`,
    '\t</source>',
    '\t<size>',
    `\t\t<width>${widthPx}</width>`,
    `\t\t<height>${heightPx}</height>`,
    '\t\t<depth>3</depth>',
    '\t</size>',
    '\t<segmented>0</segmented>',
  ];
  annotation.objects.forEach((object, i) => lines.push(...objectLines(object, `${imageFile}, object ${i + 1}`)));
  lines.push('</annotation>', '');
  return lines.join('\n');
}

/** Writes `<stem of imageFile>.xml` into a folder, which is made. Returns its path. */
export function writeAnnotation(folder: string, annotation: AnnotationToWrite): string {
  checkName('image file', annotation.imageFile);
  const stem = annotation.imageFile.slice(0, annotation.imageFile.length - extname(annotation.imageFile).length);
  const path = join(folder, `${stem}.xml`);
  writeTextFile(path, formatAnnotation(annotation));
  return path;
}

function objectLines(object: AnnotationToWrite['objects'][number], where: string): string[] {
  checkName(`${where}, class`, object.name);
  const [x1, y1, x2, y2] = Array.from(object.box);
  if (![x1, y1, x2, y2].every(Number.isFinite)) {
    throw new DatasetError({
      where,
      found: `the box is ${x1}, ${y1}, ${x2}, ${y2}`,
      fix: 'Write boxes of four numbers',
    });
  }
  return [
    '\t<object>',
    `\t\t<name>${escape(object.name)}</name>`,
    '\t\t<pose>Unspecified</pose>',
    `\t\t<truncated>${Number(object.isTruncated ?? false)}</truncated>`,
    `\t\t<difficult>${Number(object.isDifficult ?? false)}</difficult>`,
    '\t\t<bndbox>',
    `\t\t\t<xmin>${toVocPixel(x1)}</xmin>`,
    `\t\t\t<ymin>${toVocPixel(y1)}</ymin>`,
    `\t\t\t<xmax>${x2}</xmax>`,
    `\t\t\t<ymax>${y2}</ymax>`,
    '\t\t</bndbox>',
    '\t</object>',
  ];
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
