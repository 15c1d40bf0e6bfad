import { DatasetError } from '@featuremine/errors';
import type { ClassificationSource } from '../classification-dataset';
import { decodeImage } from '../decode-image';
import type { DecodeOptions } from '../decode-image';
import type { DecodedImage, ImagePart } from '../image';
import { decodeRecord } from './packed-record';
import { RecordFiles } from './record-files';

/** A source of packed records. */
export type PackedSource = Extract<ClassificationSource, { readonly kind: 'packed' }>;

/** An image of a packed source. */
export interface PackedSample {
  readonly image: DecodedImage | ImagePart;
  readonly label: number;
  /** The record, and the name that the image had when it was packed. */
  readonly file: string;
}

const filesBySource = new WeakMap<PackedSource, RecordFiles>();

/** Reads one image by its number. @throws DatasetError that names the record */
export async function readPackedSample(
  source: PackedSource,
  index: number,
  decode: Pick<DecodeOptions, 'sizeFor' | 'regionFor'>,
): Promise<PackedSample> {
  return decodePacked(source, { index, bytes: await filesOf(source).read(recordOf(source, index)) }, decode);
}

/** The image in a record's bytes. @throws DatasetError that names the record */
export async function decodePacked(
  source: PackedSource,
  { index, bytes }: { readonly index: number; readonly bytes: Uint8Array },
  decode: Pick<DecodeOptions, 'sizeFor' | 'regionFor'>,
): Promise<PackedSample> {
  const where = describePacked(source, index);
  const { label, name, content, width, height, payload } = decodeRecord(bytes, where);
  checkLabel(label, source, where);
  const file = `${where} (${name})`;
  if (content === 'pixels') return { image: { width, height, data: payload }, label, file };
  return { image: (await decodeImage(payload, { ...decode, where: file })).image, label, file };
}

/** The class id of one image, from its shard's table. @throws DatasetError */
export function packedLabel(source: PackedSource, index: number): number {
  const label = filesOf(source).labelOf(recordOf(source, index));
  checkLabel(label, source, describePacked(source, index));
  return label;
}

/** Where an image is: `data/train-00003.records, record 17`. */
export function describePacked(source: PackedSource, index: number): string {
  return filesOf(source).describe(recordOf(source, index));
}

function recordOf({ chosen }: PackedSource, index: number): number {
  return chosen === undefined ? index : chosen[index];
}

function filesOf(source: PackedSource): RecordFiles {
  let files = filesBySource.get(source);
  if (files === undefined) filesBySource.set(source, (files = new RecordFiles(source)));
  return files;
}

function checkLabel(label: number, { numClasses }: PackedSource, where: string): void {
  if (label < numClasses) return;
  throw new DatasetError({
    where,
    found: `label ${label}`,
    expected: `0 to ${numClasses - 1}`,
    fix: 'Pack the data set again',
  });
}
