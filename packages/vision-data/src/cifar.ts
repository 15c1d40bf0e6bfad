import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { CIFAR10, CIFAR100, CIFAR_PIXEL_BYTES, CIFAR_SIZE } from './cifar-format';
import type { CifarFormat } from './cifar-format';
import { readPythonBatch, readPythonNames } from './cifar-python';
import type { ClassificationDataset, ClassificationSource } from './classification-dataset';
import { datasetOf } from './classification-dataset-of';
import { checkLabels } from './classification-source';
import { readLimited } from './read-limited';

const LARGEST_BYTES = 2 ** 30;
const LARGEST_NAMES_BYTES = 2 ** 20;
/** Labels are bytes. */
const MOST_CLASSES = 256;

/** Which part of a CIFAR data set is opened. */
export interface CifarOptions {
  readonly folder: string;
  readonly split: 'train' | 'test';
}

/**
 * Opens a part of CIFAR-10, in its binary or its Python version: whatever `data_batch_*` files (or `test_batch`) and
 * records are there, in shared memory. The Python version's pickles are read without executing anything.
 *
 * A record is a label byte and 1,024 bytes each of red, green and blue.
 *
 * @throws DatasetError for missing files, files of another form, labels above 9.
 */
export function openCifar10(options: CifarOptions): ClassificationDataset {
  return openCifar(options, CIFAR10);
}

/**
 * Opens a part of CIFAR-100 (or a data set in its format) with the fine labels, as `openCifar10`; binary records have a
 * coarse and a fine label byte before the pixels.
 *
 * @throws DatasetError for missing files, files of another form, labels above 99.
 */
export function openCifar100(options: CifarOptions): ClassificationDataset {
  return openCifar(options, CIFAR100);
}

function openCifar({ folder, split }: CifarOptions, format: CifarFormat): ClassificationDataset {
  const { files, names, labelBytes, read } = findParts(folder, split, format);
  const recordBytes = labelBytes + CIFAR_PIXEL_BYTES;
  const contents = files.map((file) => ({ file, data: read(file) }));
  const bytes = new SharedArrayBuffer(contents.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of contents) {
    new Uint8Array(bytes, offset).set(data);
    offset += data.byteLength;
  }
  const source: ClassificationSource = {
    kind: 'records',
    bytes,
    labelBytes,
    size: CIFAR_SIZE,
    files: contents.map(({ file, data }) => ({ file, count: data.byteLength / recordBytes })),
  };
  const classNames = names();
  if (classNames.length > MOST_CLASSES) {
    const found = `${classNames.length} class names`;
    const fix = 'Check the file of class names, one a line';
    throw new DatasetError({ where: folder, found, expected: `at most ${MOST_CLASSES}`, fix });
  }
  checkLabels(source, classNames.length);
  return datasetOf(source, { classNames, split });
}

/** Files of one part, with how they are read. */
interface CifarParts {
  readonly files: readonly string[];
  readonly labelBytes: number;
  /** A file as records: label bytes, then pixels. */
  readonly read: (file: string) => Uint8Array;
  readonly names: () => string[];
}

// In the folder, or in the folder of its usual name inside it; the binary version where both are there.
function findParts(folder: string, split: 'train' | 'test', format: CifarFormat): CifarParts {
  for (const version of ['binary', 'python'] as const) {
    const layout = format[version];
    for (const place of [folder, join(folder, layout.folder)]) {
      const files = filesOf(place, layout[split]);
      if (files.length === 0) continue;
      const nameFile = join(place, layout.names);
      const namesOr = (readNames: () => string[]) => (): string[] =>
        existsSync(nameFile) ? readNames() : Array.from({ length: format.numClasses }, (_, id) => String(id));
      if (version === 'python') {
        return {
          files,
          labelBytes: 1,
          read: (file) => readPythonBatch(file, format),
          names: namesOr(() => readPythonNames(nameFile, format)),
        };
      }
      const { labelBytes } = format.binary;
      return { files, labelBytes, read: (file) => readBinary(file, format), names: namesOr(() => readNames(nameFile)) };
    }
  }
  const { binary, python } = format;
  throw new DatasetError({
    where: folder,
    found: existsSync(folder) ? `no ${split} files of ${format.name}` : 'there is no such folder',
    expected: `files such as ${binary.example} (binary) or ${python.example} (python)`,
    fix: `Give the folder of the binary or the python version of ${format.name}`,
  });
}

function filesOf(folder: string, pattern: RegExp): string[] {
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)) : [];
  return names
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort((a, b) => number(basename(a)) - number(basename(b)));
}

function readBinary(file: string, { name, binary }: CifarFormat): Uint8Array {
  const recordBytes = binary.labelBytes + CIFAR_PIXEL_BYTES;
  const fix = 'Get the file again; the matlab version of the data set is not read';
  const data = readLimited(file, { largestBytes: LARGEST_BYTES, what: `records of ${name}`, fix });
  if (data.byteLength > 0 && data.byteLength % recordBytes === 0) return data;
  throw new DatasetError({
    where: file,
    found: `${data.byteLength} bytes`,
    expected: `a whole number of records of ${recordBytes} bytes (${name} in binary)`,
    fix,
  });
}

function readNames(file: string): string[] {
  const fix = 'Get the file again, or remove it: classes are then called by their numbers';
  return readLimited(file, { largestBytes: LARGEST_NAMES_BYTES, what: 'a list of class names', fix })
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
