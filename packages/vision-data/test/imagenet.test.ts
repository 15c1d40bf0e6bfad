import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { openImagenet } from '../src';
import type { ClassificationDataset } from '../src';
import { withScratchFolder } from './scratch';
import { writeFiles } from './write-files';

const train = { 'train/n01440764/n01440764_1.JPEG': '', 'train/n02119789/n02119789_7.JPEG': '' };
const flatVal = { 'val/ILSVRC2012_val_00000001.JPEG': '', 'val/ILSVRC2012_val_00000002.JPEG': '' };
const TRUTH = 'ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt';

function rows(dataset: ClassificationDataset, folder: string): [string, string][] {
  return Array.from({ length: dataset.count }, (_, i) => [
    dataset.fileOf(i).slice(folder.length + 1),
    dataset.classNames[dataset.labelOf(i)],
  ]);
}

/** A folder with the devkit, whose table says 1 is n02119789 and 2 is n01440764. */
function withDevkit(folder: string, truth: string): void {
  writeFiles(folder, { ...train, ...flatVal, [TRUTH]: truth });
  const fixture = join(__dirname, 'fixtures', 'ilsvrc-meta.mat');
  copyFileSync(fixture, join(folder, 'ILSVRC2012_devkit_t12', 'data', 'meta.mat'));
}

describe('openImagenet', () => {
  it('reads train by folders, sorted by wnid, and val by folders', async () => {
    await withScratchFolder((folder) => {
      writeFiles(folder, { ...train, 'val/n02119789/ILSVRC2012_val_00000009.JPEG': '' });
      expect(rows(openImagenet({ folder, split: 'train' }), folder)).toEqual([
        ['train/n01440764/n01440764_1.JPEG', 'n01440764'],
        ['train/n02119789/n02119789_7.JPEG', 'n02119789'],
      ]);
      expect(rows(openImagenet({ folder, split: 'test' }), folder)).toEqual([
        ['val/n02119789/ILSVRC2012_val_00000009.JPEG', 'n02119789'],
      ]);
    });
  });

  it("reads a flat val by the devkit's labels, whose class numbers are not in the order of the wnids", async () => {
    await withScratchFolder((folder) => {
      withDevkit(folder, '1\n2\n');
      expect(rows(openImagenet({ folder, split: 'test' }), folder)).toEqual([
        ['val/ILSVRC2012_val_00000002.JPEG', 'n01440764'],
        ['val/ILSVRC2012_val_00000001.JPEG', 'n02119789'],
      ]);
    });
  });

  it("reads Kaggle's layout with its list of labels", async () => {
    await withScratchFolder((folder) => {
      const images = join(folder, 'ILSVRC', 'Data', 'CLS-LOC');
      writeFiles(images, { ...train, ...flatVal });
      const header = 'ImageId,PredictionString\n';
      const lines =
        'ILSVRC2012_val_00000002,n01440764 1 2 3 4 n01440764 5 6 7 8 \nILSVRC2012_val_00000001,n02119789 1 2 3 4 \n';
      writeFiles(folder, { 'LOC_val_solution.csv': header + lines });
      expect(rows(openImagenet({ folder, split: 'test' }), images)).toEqual([
        ['val/ILSVRC2012_val_00000002.JPEG', 'n01440764'],
        ['val/ILSVRC2012_val_00000001.JPEG', 'n02119789'],
      ]);
    });
  });

  it('names what is wrong', async () => {
    await withScratchFolder((folder) => {
      const open = () => openImagenet({ folder, split: 'test' });
      expect(open).toThrow(/no train with a val beside it/);
      writeFiles(folder, { ...train, ...flatVal });
      expect(open).toThrow(/no labels for them, expected folders by class, or ILSVRC2012_devkit_t12/);
      writeFiles(folder, { [TRUTH]: '1\n2\n', 'ILSVRC2012_devkit_t12/data/meta.mat': 'MATLAB' });
      expect(open).toThrow(/meta\.mat: no MAT file of version 5 to 7/);
      withDevkit(folder, '1\n1001\n');
      expect(open).toThrow(/ground_truth\.txt, line 2: "1001", expected a class number of meta\.mat, 1 to 2/);
      withDevkit(folder, '1\n');
      expect(open).toThrow(/00000002\.JPEG: no label for this image/);
      writeFiles(folder, { 'val/n09/x.JPEG': '' });
      expect(open).toThrow(/val\/n09: the class n09, expected one of the folders of train/);
    });
  });
});
