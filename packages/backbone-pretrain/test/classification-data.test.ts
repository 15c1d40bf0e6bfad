import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openTestData, openTrainingData } from '../src/classification-data';
import type { DataOptions } from '../src/classification-data';
import { DATASET_NAMES } from '../src/dataset-kinds';
import type { DatasetName } from '../src/dataset-kinds';
import { temporaryFolder } from './stripes';

const common = {
  shapes: { train: 4, test: 2, seed: 0 },
  augment: 'standard',
  cropToBox: false,
  shuffleBuffer: 8,
} as const;

/** Empty image files, and lists, of the smallest data set of a kind: three training images and one for test. */
const files: Partial<Record<DatasetName, Readonly<Record<string, string>>>> = {
  folder: { 'train/a/1.png': '', 'train/a/2.png': '', 'train/b/3.png': '', 'val/b/4.png': '' },
  'tiny-imagenet': {
    ...{ 'train/n1/images/1.JPEG': '', 'train/n1/images/2.JPEG': '', 'train/n2/images/3.JPEG': '' },
    'val/val_annotations.txt': '4.JPEG\tn2\t0\t0\t9\t9\n',
  },
  imagenet: { 'train/n1/1.JPEG': '', 'train/n1/2.JPEG': '', 'train/n2/3.JPEG': '', 'val/n2/4.JPEG': '' },
  cub: {
    'classes.txt': '1 001.A\n2 002.B\n',
    'images.txt': '1 001.A/1.jpg\n2 001.A/2.jpg\n3 002.B/3.jpg\n4 002.B/4.jpg\n',
    'image_class_labels.txt': '1 1\n2 1\n3 2\n4 2\n',
    'train_test_split.txt': '1 1\n2 1\n3 1\n4 0\n',
    'bounding_boxes.txt': '1 0 0 9 9\n2 0 0 9 9\n3 0 0 9 9\n4 1 2 3 4\n',
    'images/001.A/1.jpg': '',
  },
};

function write(dataset: DatasetName): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files[dataset]!)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('the data of backbone-pretrain', () => {
  it.each(Object.keys(files) as DatasetName[])('opens both parts of %s', (dataset) => {
    const options: DataOptions = { ...common, dataset, data: write(dataset) };
    const [training, test] = [openTrainingData(options), openTestData(options)];
    expect([training.dataset.count, test.dataset.count, test.dataset.labelOf(0)]).toEqual([3, 1, 1]);
    expect(training.dataset.classNames).toEqual(test.dataset.classNames);
  });

  it('augments each set as is usual, and only in training', () => {
    const photographs = { crop: { kind: 'random-resized' }, isFlipped: true };
    const folder = write('imagenet');
    const options: DataOptions = { ...common, dataset: 'imagenet', data: folder };
    expect(openTrainingData(options)).toMatchObject({ imageSize: 224, transform: photographs });
    expect(openTestData(options).transform).toEqual({ crop: { kind: 'centre' } });
    expect(openTrainingData({ ...options, augment: 'none' }).transform).toEqual({ crop: { kind: 'centre' } });
    const tiny: DataOptions = { ...common, dataset: 'tiny-imagenet', data: write('tiny-imagenet') };
    const shifted = { crop: { kind: 'pad', padding: 4 }, isFlipped: true };
    expect(openTrainingData(tiny)).toMatchObject({ imageSize: 64, transform: shifted });
    expect(openTestData(tiny).transform).toEqual({ crop: { kind: 'stretch' } });
  });

  it('crops the images of cub to their boxes when asked to', () => {
    const options: DataOptions = { ...common, dataset: 'cub', data: write('cub') };
    expect(openTestData(options).dataset.source).not.toHaveProperty('boxes');
    const cropped = openTestData({ ...options, cropToBox: true }).dataset.source;
    expect(cropped).toMatchObject({ kind: 'files', boxes: Float32Array.of(1, 2, 3, 4) });
  });

  it.each(DATASET_NAMES.filter((name) => name !== 'shapes'))('says what is missing without a folder for %s', (name) => {
    const expected = new RegExp(`--data: missing, expected the folder of a ${name} data set`);
    expect(() => openTrainingData({ ...common, dataset: name })).toThrow(expected);
  });
});
