import { DatasetError } from '@featuremine/errors';
import { PickleFault } from '@featuremine/weights';
import type { PickleValue } from '@featuremine/weights';
import { CIFAR_PIXEL_BYTES } from './cifar-format';
import type { CifarFormat } from './cifar-format';
import { byteArrayOf, textOf, unpickleDict } from './numpy-pickle';
import { readLimited } from './read-limited';

const LARGEST_BYTES = 512 * 2 ** 20;
const FIX = 'Get the file again, or the binary version of the data set';

/**
 * Reads a batch of CIFAR's Python version as records of a label byte and the pixels.
 *
 * @throws DatasetError that names the file
 */
export function readPythonBatch(file: string, { name, python }: CifarFormat): Uint8Array {
  return reading(file, name, () => {
    const batch = unpickleDict(bytesOf(file, name));
    const { shape, data } = byteArrayOf(batch.get('data'));
    const labels = batch.get(python.labelKey);
    const isLabelled = Array.isArray(labels) && labels.every(isByte);
    if (!isLabelled) throw new PickleFault(`no list "${python.labelKey}" of whole numbers from 0 to 255`);
    const count = labels.length;
    if (shape.length !== 2 || shape[0] !== count || shape[1] !== CIFAR_PIXEL_BYTES || count === 0) {
      throw new PickleFault(`pixels [${shape.join(', ')}] and ${count} labels`);
    }
    const recordBytes = 1 + CIFAR_PIXEL_BYTES;
    const records = new Uint8Array(count * recordBytes);
    for (let i = 0; i < count; i++) {
      records[i * recordBytes] = labels[i] as number;
      records.set(data.subarray(i * CIFAR_PIXEL_BYTES, (i + 1) * CIFAR_PIXEL_BYTES), i * recordBytes + 1);
    }
    return records;
  });
}

/** Reads the class names of CIFAR's Python version. @throws DatasetError that names the file */
export function readPythonNames(file: string, { name, python }: CifarFormat): string[] {
  return reading(file, name, () => {
    const names = unpickleDict(bytesOf(file, name)).get(python.namesKey);
    const texts = Array.isArray(names) ? names.map(textOf) : [];
    if (texts.length === 0 || texts.includes(undefined)) throw new PickleFault(`no list "${python.namesKey}" of texts`);
    return texts as string[];
  });
}

function bytesOf(file: string, name: string): Uint8Array {
  return readLimited(file, { largestBytes: LARGEST_BYTES, what: `a file of the Python version of ${name}`, fix: FIX });
}

function reading<T>(file: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PickleFault)) throw error;
    const expected = `a file of the Python version of ${name}`;
    throw new DatasetError({ where: file, found: error.message, expected, fix: FIX }, { cause: error });
  }
}

function isByte(value: PickleValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
