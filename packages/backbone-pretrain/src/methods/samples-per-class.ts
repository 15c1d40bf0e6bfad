import { ConfigError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import type { ClassificationDataset, ClassificationSource } from '@featuremine/vision-data';

/**
 * The part of a data set that has at most `count` images of each class, drawn from the seed and kept in their order; it
 * has memory of its own.
 *
 * Throws ConfigError for drawn shapes, whose number is an option of their own.
 */
export function samplesPerClass(
  dataset: ClassificationDataset,
  { count, seed }: { readonly count: number; readonly seed: number },
): ClassificationDataset {
  const indices = chosenIndices(dataset, count, seed);
  return {
    ...dataset,
    count: indices.length,
    source: selectFrom(dataset.source, indices),
    labelOf: (index) => dataset.labelOf(indices[index]),
    read: (index) => dataset.read(indices[index]),
    fileOf: (index) => dataset.fileOf(indices[index]),
  };
}

function chosenIndices(dataset: ClassificationDataset, count: number, seed: number): number[] {
  const byClass = dataset.classNames.map((): number[] => []);
  for (let index = 0; index < dataset.count; index++) byClass[dataset.labelOf(index)].push(index);
  return byClass
    .flatMap((indices, label) => {
      const order = Random.of(seed, 'samples-per-class', label).permutation(indices.length);
      return Array.from(order.slice(0, count), (place) => indices[place]);
    })
    .sort((a, b) => a - b);
}

function selectFrom(source: ClassificationSource, indices: readonly number[]): ClassificationSource {
  switch (source.kind) {
    case 'files':
      return {
        kind: 'files',
        files: indices.map((index) => source.files[index]),
        labels: Int32Array.from(indices, (index) => source.labels[index]),
        ...(source.boxes === undefined ? {} : { boxes: rowsOf(source.boxes, indices) }),
      };
    case 'records': {
      const recordBytes = source.labelBytes + 3 * source.size * source.size;
      const bytes = new SharedArrayBuffer(indices.length * recordBytes);
      indices.forEach((index, place) => {
        new Uint8Array(bytes, place * recordBytes, recordBytes).set(
          new Uint8Array(source.bytes, index * recordBytes, recordBytes),
        );
      });
      const file = `chosen records of ${source.files.map((part) => part.file).join(', ')}`;
      return { ...source, bytes, files: [{ file, count: indices.length }] };
    }
    case 'packed':
      return {
        ...source,
        shuffleBuffer: 0,
        chosen: Int32Array.from(indices, (index) => source.chosen?.[index] ?? index),
      };
    case 'shapes':
      throw new ConfigError({
        where: 'samples-per-class',
        found: 'drawn shapes, of which there are as many as wanted',
        expected: 'images from files',
        fix: 'Use --set shapes.train=N',
      });
  }
}

// [N, 4] → the rows of these images.
function rowsOf(boxes: Float32Array, indices: readonly number[]): Float32Array {
  return Float32Array.from({ length: 4 * indices.length }, (_, i) => boxes[4 * indices[i >> 2] + (i & 3)]);
}
