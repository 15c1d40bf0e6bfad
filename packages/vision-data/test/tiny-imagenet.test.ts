import { join } from 'node:path';
import { openTinyImagenet } from '../src';
import { withScratchFolder } from './scratch';
import { writeFiles } from './write-files';

/** Two classes in the layout that the archive unpacks to. */
const archive = {
  'wnids.txt': 'n02\nn01\n',
  'words.txt': 'n01\tgoldfish\nn02\ttailed frog\n',
  'train/n01/images/n01_0.JPEG': '',
  'train/n01/images/n01_1.JPEG': '',
  'train/n01/n01_boxes.txt': 'n01_0.JPEG\t0\t10\t63\t58\n',
  'train/n02/images/n02_0.JPEG': '',
  'train/n02/n02_boxes.txt': '',
  'val/images/val_0.JPEG': '',
  'val/images/val_1.JPEG': '',
  'val/val_annotations.txt': 'val_0.JPEG\tn02\t0\t32\t44\t62\nval_1.JPEG\tn01\t52\t55\t57\t59\n',
  'test/images/test_0.JPEG': '',
};

describe('openTinyImagenet', () => {
  it('reads train by folders and val by its annotations, classes sorted by wnid', async () => {
    await withScratchFolder((root) => {
      const folder = join(root, 'tiny-imagenet-200');
      writeFiles(folder, archive);
      for (const place of [folder, root]) {
        const train = openTinyImagenet({ folder: place, split: 'train' });
        expect([train.classNames, train.count, train.split]).toEqual([['n01', 'n02'], 3, 'train']);
        expect([0, 1, 2].map((i) => train.labelOf(i))).toEqual([0, 0, 1]);
        const val = openTinyImagenet({ folder: place, split: 'test' });
        expect(val.split).toBe('val');
        expect([0, 1].map((i) => [val.fileOf(i), val.labelOf(i)])).toEqual([
          [join(folder, 'val/images/val_1.JPEG'), 0],
          [join(folder, 'val/images/val_0.JPEG'), 1],
        ]);
      }
    });
  });

  it('reads a val that was sorted into folders by class', async () => {
    await withScratchFolder((folder) => {
      writeFiles(folder, { 'train/n01/images/a.JPEG': '', 'train/n02/images/b.JPEG': '', 'val/n02/images/c.JPEG': '' });
      const val = openTinyImagenet({ folder, split: 'test' });
      expect([val.count, val.labelOf(0)]).toEqual([1, 1]);
    });
  });

  it('names what is wrong', async () => {
    await withScratchFolder((folder) => {
      expect(() => openTinyImagenet({ folder, split: 'train' })).toThrow(/no train\/<wnid>\/images/);
      writeFiles(folder, { ...archive, 'val/val_annotations.txt': 'val_0.JPEG\tn03\t0\t0\t1\t1\n' });
      expect(() => openTinyImagenet({ folder, split: 'test' })).toThrow(/val_annotations\.txt, line 1: the class n03/);
      writeFiles(folder, { 'val/val_annotations.txt': '../../secret.JPEG\tn01\t0\t0\t1\t1\n' });
      expect(() => openTinyImagenet({ folder, split: 'test' })).toThrow(
        /line 1: "\.\.\/\.\.\/secret\.JPEG" is no file/,
      );
      writeFiles(folder, { 'wnids.txt': 'n01\nn02\nn09\n' });
      expect(() => openTinyImagenet({ folder, split: 'train' })).toThrow(
        /1 of its classes have no folder in train \(n09\)/,
      );
    });
  });
});
