import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openImageFolder } from '../src';
import { DATA_FOLDER, itWithData, withScratchFolder } from './scratch';

function addFile(folder: string, path: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'x');
}

describe('openImageFolder', () => {
  it('numbers classes by their sorted names, and finds images in subfolders, whatever their case', async () => {
    await withScratchFolder((folder) => {
      for (const path of ['dog/b.JPG', 'dog/a.png', 'cat/more/c.jpeg', 'cat/notes.txt', '.hidden/d.jpg']) {
        addFile(folder, path);
      }
      const dataset = openImageFolder({ folder, split: 'train' });
      expect(dataset.classNames).toEqual(['cat', 'dog']);
      expect(dataset.split).toBe('all');
      const files = Array.from({ length: dataset.count }, (_, i) => [dataset.fileOf(i), dataset.labelOf(i)]);
      expect(files).toEqual([
        [join(folder, 'cat/more/c.jpeg'), 0],
        [join(folder, 'dog/a.png'), 1],
        [join(folder, 'dog/b.JPG'), 1],
      ]);
    });
  });

  it('opens train, and test or val, by the split; class ids are those of train', async () => {
    await withScratchFolder((folder) => {
      for (const path of ['train/a/1.png', 'train/b/2.png', 'val/b/3.png']) addFile(folder, path);
      const train = openImageFolder({ folder, split: 'train' });
      expect([train.count, train.split]).toEqual([2, 'train']);
      const test = openImageFolder({ folder, split: 'test' });
      expect([test.count, test.classNames, test.labelOf(0)]).toEqual([1, ['a', 'b'], 1]);
    });
  });

  it('names what is wrong', async () => {
    await withScratchFolder((folder) => {
      expect(() => openImageFolder({ folder: join(folder, 'no'), split: 'train' })).toThrow(/there is no such folder/);
      expect(() => openImageFolder({ folder, split: 'train' })).toThrow(/no class folders/);
      mkdirSync(join(folder, 'a'));
      expect(() => openImageFolder({ folder, split: 'train' })).toThrow(/no images/);
      addFile(folder, 'b/1.png');
      expect(() => openImageFolder({ folder, split: 'train' })).toThrow(/a: the class has no images/);
    });
    await withScratchFolder((folder) => {
      for (const path of ['train/a/1.png', 'test/z/3.png']) addFile(folder, path);
      expect(() => openImageFolder({ folder, split: 'test' })).toThrow(/z: 1 of its classes are not among/);
    });
  });

  itWithData('cifar10-folder')('reads a real folder of 200 + 100 images', async () => {
    const folder = join(DATA_FOLDER, 'cifar10-folder');
    const train = openImageFolder({ folder, split: 'train' });
    expect([train.count, train.classNames.length, openImageFolder({ folder, split: 'test' }).count]).toEqual([
      ...[200, 10, 100],
    ]);
    const { image, label } = await train.read(25);
    expect([image.width, image.height, label]).toEqual([32, 32, 1]);
  });
});
