import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import type { ClassificationDataset, ClassificationSource } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';
import { checkLabels } from './classification-source';

const IMAGE_SIZE = 32;

interface CifarFormat {
  readonly name: string;
  /** Bytes before the pixels; the last of them is the label. */
  readonly labelBytes: number;
  readonly trainFiles: RegExp;
  readonly testFiles: RegExp;
  readonly nameFile: string;
  readonly numClasses: number;
}

const CIFAR10: CifarFormat = {
  name: 'CIFAR-10',
  labelBytes: 1,
  trainFiles: /^data_batch_\d+\.bin$/,
  testFiles: /^test_batch\.bin$/,
  nameFile: 'batches.meta.txt',
  numClasses: 10,
};

const CIFAR100: CifarFormat = {
  name: 'CIFAR-100',
  labelBytes: 2,
  trainFiles: /^train\.bin$/,
  testFiles: /^test\.bin$/,
  nameFile: 'fine_label_names.txt',
  numClasses: 100,
};

/** Which part of a CIFAR data set is opened. */
export interface CifarOptions {
  readonly folder: string;
  readonly split: 'train' | 'test';
}

/**
 * Opens a part of CIFAR-10 in its binary format: whatever `data_batch_*.bin` files (or `test_batch.bin`) and records are
 * there, in shared memory.
 *
 * A record is a label byte and 1,024 bytes each of red, green and blue.
 *
 * @throws DatasetError for missing files, a length that is no whole number of records, labels above 9.
 */
export function openCifar10(options: CifarOptions): ClassificationDataset {
  return openCifar(options, CIFAR10);
}

/**
 * Opens a part of CIFAR-100 (or a data set in its format) with the fine labels; records have a coarse and a fine label
 * byte before the pixels.
 *
 * @throws DatasetError for missing files, a length that is no whole number of records, labels above 99.
 */
export function openCifar100(options: CifarOptions): ClassificationDataset {
  return openCifar(options, CIFAR100);
}

function openCifar({ folder, split }: CifarOptions, format: CifarFormat): ClassificationDataset {
  const recordBytes = format.labelBytes + 3 * IMAGE_SIZE * IMAGE_SIZE;
  const contents = batchFiles(folder, split, format).map((file) => readRecords(file, recordBytes, format));
  const bytes = new SharedArrayBuffer(contents.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of contents) {
    new Uint8Array(bytes, offset).set(data);
    offset += data.byteLength;
  }
  const source: ClassificationSource = {
    kind: 'records',
    bytes,
    labelBytes: format.labelBytes,
    size: IMAGE_SIZE,
    files: contents.map(({ file, data }) => ({ file, count: data.byteLength / recordBytes })),
  };
  const classNames = readClassNames(folder, format);
  checkLabels(source, classNames.length);
  return datasetOf(source, { classNames, split });
}

function batchFiles(folder: string, split: 'train' | 'test', format: CifarFormat): string[] {
  const pattern = split === 'train' ? format.trainFiles : format.testFiles;
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)) : [];
  if (names.length > 0) {
    const number = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
    return names.sort((a, b) => number(a) - number(b)).map((name) => join(folder, name));
  }
  throw new DatasetError({
    where: folder,
    found: existsSync(folder) ? `no ${split} files of ${format.name}` : 'there is no such folder',
    expected: `files such as ${split === 'train' ? exampleOf(format) : pattern.source.replace(/[\\^$]/g, '')}`,
    fix: `Give the folder of the binary version of ${format.name}`,
  });
}

function exampleOf(format: CifarFormat): string {
  return format.trainFiles.source.replace('\\d+', '1').replace(/[\\^$]/g, '');
}

function readRecords(file: string, recordBytes: number, format: CifarFormat): { file: string; data: Uint8Array } {
  const data = readFileSync(file);
  if (data.byteLength > 0 && data.byteLength % recordBytes === 0) return { file, data };
  throw new DatasetError({
    where: file,
    found: `${data.byteLength} bytes`,
    expected: `a whole number of records of ${recordBytes} bytes (${format.name} in binary)`,
    fix: 'Get the file again; the python and the matlab version of the data set are not read',
  });
}

// The names in the data set's own file, or the numbers where that file is missing.
function readClassNames(folder: string, format: CifarFormat): string[] {
  const file = join(folder, format.nameFile);
  if (!existsSync(file)) return Array.from({ length: format.numClasses }, (_, id) => String(id));
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
