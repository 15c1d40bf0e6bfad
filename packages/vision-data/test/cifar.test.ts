import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCifar10, openCifar100 } from '../src';
import { DATA_FOLDER, itWithData, withScratchFolder } from './scratch';

/** A record: label bytes, then planes of one value each. */
function record(labels: number[], [red, green, blue]: [number, number, number]): Buffer {
  const planes = [red, green, blue].map((value) => Buffer.alloc(1024, value));
  return Buffer.concat([Buffer.from(labels), ...planes]);
}

describe('openCifar10', () => {
  it('reads whatever batch files there are, in the order of their numbers', async () => {
    await withScratchFolder(async (folder) => {
      writeFileSync(join(folder, 'data_batch_10.bin'), record([7], [1, 2, 3]));
      writeFileSync(join(folder, 'data_batch_2.bin'), Buffer.concat([record([5], [4, 5, 6]), record([6], [7, 8, 9])]));
      const dataset = openCifar10({ folder, split: 'train' });
      expect([dataset.count, dataset.classNames.length]).toEqual([3, 10]);
      expect([0, 1, 2].map((i) => dataset.labelOf(i))).toEqual([5, 6, 7]);
      expect(dataset.fileOf(1)).toBe(`${join(folder, 'data_batch_2.bin')}, record 1`);
      const { image } = await dataset.read(2);
      expect([...image.data.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
    });
  });

  it('names a missing, cut or mislabelled file', async () => {
    await withScratchFolder((folder) => {
      expect(() => openCifar10({ folder, split: 'train' })).toThrow(
        /no train files of CIFAR-10, expected .*data_batch_1/,
      );
      writeFileSync(join(folder, 'test_batch.bin'), record([3], [0, 0, 0]).subarray(1));
      expect(() => openCifar10({ folder, split: 'test' })).toThrow(/3072 bytes, expected a whole number of records/);
      writeFileSync(join(folder, 'test_batch.bin'), record([10], [0, 0, 0]));
      expect(() => openCifar10({ folder, split: 'test' })).toThrow(/record 0: label 10, expected 0 to 9/);
    });
  });

  itWithData('cifar10')('reads the real files: 1,000 and 200 images a class', () => {
    const folder = join(DATA_FOLDER, 'cifar10');
    const train = openCifar10({ folder, split: 'train' });
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < train.count; i++) counts[train.labelOf(i)]++;
    expect(counts).toEqual(new Array(10).fill(1000));
    expect(train.classNames[9]).toBe('truck');
    expect(openCifar10({ folder, split: 'test' }).count).toBe(2000);
  });
});

describe('openCifar100', () => {
  it('takes the fine label, which comes second', async () => {
    await withScratchFolder((folder) => {
      writeFileSync(join(folder, 'train.bin'), record([3, 77], [0, 0, 0]));
      expect(openCifar100({ folder, split: 'train' }).labelOf(0)).toBe(77);
    });
  });

  itWithData('tiny-imagenet-32')('reads a data set in its format, 40 images a class', () => {
    const dataset = openCifar100({ folder: join(DATA_FOLDER, 'tiny-imagenet-32'), split: 'train' });
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < dataset.count; i++) counts[dataset.labelOf(i)]++;
    expect(counts).toEqual(new Array(100).fill(40));
    expect(dataset.classNames[0]).toBe('n01443537 goldfish');
  });
});
