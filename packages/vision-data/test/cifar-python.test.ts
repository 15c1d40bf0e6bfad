import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import fc from 'fast-check';
import { openCifar10, openCifar100 } from '../src';
import { python2Pickle } from './python2-pickle';
import { withScratchFolder } from './scratch';

const runs = process.env['FEATUREMINE_LONG'] === '1' ? 5000 : 300;

/** Images of one colour each: planes of red, green and blue. */
function pixels(colours: readonly (readonly [number, number, number])[]): Buffer {
  return Buffer.concat(colours.flatMap((colour) => colour.map((value) => Buffer.alloc(1024, value))));
}

/** A batch of CIFAR-10's Python version, as Python 2 wrote it. */
function batchOf(labels: readonly number[], colours: readonly (readonly [number, number, number])[]): Buffer {
  return python2Pickle({
    batch_label: 'training batch 1 of 5',
    labels,
    data: { rows: colours.length, bytes: pixels(colours) },
    filenames: labels.map((label) => `image_${label}.png`),
  });
}

describe('the python version of CIFAR', () => {
  it('is read batch by batch, with the class names of its meta file', async () => {
    await withScratchFolder(async (root) => {
      const folder = join(root, 'cifar-10-batches-py');
      mkdirSync(folder);
      writeFileSync(join(folder, 'data_batch_2'), batchOf([5], [[250, 128, 7]]));
      writeFileSync(join(folder, 'data_batch_1'), batchOf([1, 0], [[1, 2, 3], [4, 5, 6]])); // prettier-ignore
      const names = Array.from({ length: 10 }, (_, id) => `class ${id}`);
      writeFileSync(join(folder, 'batches.meta'), python2Pickle({ num_cases_per_batch: 2, label_names: names }));
      for (const place of [folder, root]) {
        const dataset = openCifar10({ folder: place, split: 'train' });
        expect([dataset.count, dataset.classNames]).toEqual([3, names]);
        expect([0, 1, 2].map((i) => dataset.labelOf(i))).toEqual([1, 0, 5]);
        expect(dataset.fileOf(2)).toBe(`${join(folder, 'data_batch_2')}, record 0`);
        const { image } = await dataset.read(2);
        expect([...image.data.subarray(0, 6)]).toEqual([250, 128, 7, 250, 128, 7]);
      }
    });
  });

  it('takes the fine labels of CIFAR-100', async () => {
    await withScratchFolder((folder) => {
      const data = { rows: 1, bytes: pixels([[1, 2, 3]]) };
      writeFileSync(join(folder, 'train'), python2Pickle({ coarse_labels: [4], fine_labels: [77], data }));
      mkdirSync(join(folder, 'test'));
      const dataset = openCifar100({ folder, split: 'train' });
      expect([dataset.count, dataset.labelOf(0), dataset.classNames.length]).toEqual([1, 77, 100]);
      expect(() => openCifar100({ folder, split: 'test' })).toThrow(/no test files of CIFAR-100/);
    });
  });

  it.each(['protocol2', 'protocol4'])('is read as Python 3 writes it too (%s)', async (name) => {
    await withScratchFolder(async (folder) => {
      const fixture = join(__dirname, 'fixtures', `cifar-python3-${name}.pkl`);
      copyFileSync(fixture, join(folder, 'test_batch'));
      const dataset = openCifar10({ folder, split: 'test' });
      expect([0, 1].map((i) => dataset.labelOf(i))).toEqual([3, 7]);
      const images = [await dataset.read(0), await dataset.read(1)];
      expect(images.map(({ image }) => [...image.data.subarray(0, 3)])).toEqual([
        [200, 0, 0],
        [0, 0, 100],
      ]);
    });
  });

  it('executes nothing: what is no array is refused by its name', async () => {
    await withScratchFolder((folder) => {
      const file = join(folder, 'test_batch');
      writeFileSync(file, '\x80\x02cposix\nsystem\nq\x01U\x04true\x85R.', 'latin1');
      expect(() => openCifar10({ folder, split: 'test' })).toThrow(
        /test_batch: the class or function "posix\.system", expected a file of the Python version of CIFAR-10/,
      );
    });
  });

  it.each<[string, Buffer, RegExp]>([
    ['fewer labels than images', batchOf([1], [[1, 2, 3], [4, 5, 6]]), /pixels \[2, 3072\] and 1 labels/], // prettier-ignore
    ['no labels', python2Pickle({ data: { rows: 1, bytes: pixels([[1, 2, 3]]) } }), /no list "labels"/],
    ['no array', python2Pickle({ labels: [1], data: 'pixels' }), /no NumPy array/],
    ['a label that is no class', batchOf([10], [[1, 2, 3]]), /record 0: label 10, expected 0 to 9/],
  ])('refuses %s', async (_what, bytes, message) => {
    await withScratchFolder((folder) => {
      writeFileSync(join(folder, 'test_batch'), bytes);
      expect(() => openCifar10({ folder, split: 'test' })).toThrow(message);
    });
  });

  it('throws nothing but DatasetError for damaged files', async () => {
    const whole = [
      batchOf([3, 7], [[1, 2, 3], [4, 5, 6]]), // prettier-ignore
      readFileSync(join(__dirname, 'fixtures', 'cifar-python3-protocol2.pkl')),
    ];
    await withScratchFolder((folder) => {
      const change = fc.record({
        file: fc.constantFrom(...whole),
        // Most of a file are pixels: changes go to its first part, its last part, and its length.
        at: fc.oneof(fc.nat(400), fc.nat(400).map((back) => -back - 1)), // prettier-ignore
        bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
        cut: fc.option(fc.nat(whole[0].length)),
      });
      fc.assert(
        fc.property(change, ({ file, at, bytes, cut }) => {
          const copy = Buffer.from(file);
          copy.set(bytes, Math.min(copy.length - bytes.length, at < 0 ? copy.length + at : at));
          writeFileSync(join(folder, 'test_batch'), cut === null ? copy : copy.subarray(0, cut));
          try {
            openCifar10({ folder, split: 'test' });
          } catch (error) {
            expect(error).toBeInstanceOf(DatasetError);
          }
        }),
        { numRuns: runs, seed: 5 },
      );
    });
  });
});
