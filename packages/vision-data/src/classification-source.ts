import { DatasetError } from '@featuremine/errors';
import type { ClassificationSource } from './classification-dataset';
import { cropImage } from './crop-image';
import { decodeImage } from './decode-image';
import type { DecodeOptions } from './decode-image';
import type { DecodedImage, ImagePart } from './image';
import { describePacked, packedLabel, readPackedSample } from './records/packed-source';
import { drawShapesImage, shapesLabel } from './shapes-image';

/** Decodes one image of a source. @throws DatasetError that names the file. */
export async function readSourceImage(
  source: ClassificationSource,
  index: number,
  decode: Pick<DecodeOptions, 'sizeFor' | 'regionFor'> = {},
): Promise<DecodedImage | ImagePart> {
  switch (source.kind) {
    case 'files': {
      const { files, boxes } = source;
      if (boxes === undefined) return (await decodeImage(files[index], decode)).image;
      return cropImage((await decodeImage(files[index])).image, boxes.subarray(4 * index, 4 * index + 4));
    }
    case 'records':
      return imageOfRecord(source, index);
    case 'packed':
      return (await readPackedSample(source, index, decode)).image;
    case 'shapes':
      return drawShapesImage(source, index);
  }
}

/** The class id of one image of a source. */
export function sourceLabel(source: ClassificationSource, index: number): number {
  switch (source.kind) {
    case 'files':
      return source.labels[index];
    case 'records': {
      const recordBytes = source.labelBytes + 3 * source.size * source.size;
      return new Uint8Array(source.bytes)[index * recordBytes + source.labelBytes - 1];
    }
    case 'packed':
      return packedLabel(source, index);
    case 'shapes':
      return shapesLabel(source, index);
  }
}

/** The file, and the record in it, that one image of a source comes from. */
export function sourceFile(source: ClassificationSource, index: number): string {
  switch (source.kind) {
    case 'files':
      return source.files[index];
    case 'records': {
      let first = 0;
      for (const { file, count } of source.files) {
        if (index < first + count) return `${file}, record ${index - first}`;
        first += count;
      }
      throw new RangeError(`no record ${index}`);
    }
    case 'packed':
      return describePacked(source, index);
    case 'shapes':
      return `shapes ${source.split} ${index} (seed ${source.seed})`;
  }
}

/** How many images a source has. */
export function sourceCount(source: ClassificationSource): number {
  switch (source.kind) {
    case 'files':
      return source.files.length;
    case 'records':
      return source.files.reduce((sum, { count }) => sum + count, 0);
    case 'packed':
      return source.chosen?.length ?? source.shards.reduce((sum, { count }) => sum + count, 0);
    case 'shapes':
      return source.count;
  }
}

/** Refuses a label that is no class. @throws DatasetError that names the record. */
export function checkLabels(source: ClassificationSource, numClasses: number): void {
  for (let index = 0; index < sourceCount(source); index++) {
    const label = sourceLabel(source, index);
    if (label < numClasses) continue;
    throw new DatasetError({
      where: sourceFile(source, index),
      found: `label ${label}`,
      expected: `0 to ${numClasses - 1}`,
      fix: 'Check that the file is of this format, and that the list of class names is complete',
    });
  }
}

// Planes R, G, B of a record → [H, W, 3].
function imageOfRecord(source: Extract<ClassificationSource, { kind: 'records' }>, index: number): DecodedImage {
  const { size, labelBytes, bytes } = source;
  const plane = size * size;
  const record = new Uint8Array(bytes, index * (labelBytes + 3 * plane) + labelBytes, 3 * plane);
  const data = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    data[3 * i] = record[i]!;
    data[3 * i + 1] = record[plane + i]!;
    data[3 * i + 2] = record[2 * plane + i]!;
  }
  return { width: size, height: size, data };
}
