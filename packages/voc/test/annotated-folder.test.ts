import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { readAnnotatedFolder } from '../src';
import { annotation, bndbox, makeFolder, object, writeFiles } from './sample';

/** An annotation of one object. */
function xml(name: string): string {
  return annotation(object(name, bndbox(11, 21, 50, 60)));
}

function idsOf(folder: string, sets?: string): string[] {
  return readAnnotatedFolder(folder, sets).images.map(({ id }) => id);
}

describe('readAnnotatedFolder', () => {
  it('reads XML beside the images (LabelImg), by their stems, and counts images without XML', () => {
    const folder = makeFolder();
    writeFiles(folder, {
      ...{ 'b.xml': xml('dog'), 'b.JPG': '', 'a.xml': xml('cat'), 'a.png': '' },
      ...{ 'new.jpg': '', 'classes.txt': 'dog\ncat\n' },
    });
    const { images, classNames, report } = readAnnotatedFolder(folder);
    expect(images.map(({ id, imagePath, year }) => [id, imagePath, year])).toEqual([
      ['a', join(folder, 'a.png'), ''],
      ['b', join(folder, 'b.JPG'), ''],
    ]);
    expect(images[0].objects).toMatchObject([{ name: 'cat', classId: 7, box: [10, 20, 50, 60] }]);
    expect(classNames).toHaveLength(20);
    expect(report).toMatchObject({ imageCount: 2, objectCount: 2, unannotatedImageCount: 1 });
  });

  it('reads sibling folders of any name, and prefers the customary ones (CVAT, Kaggle)', () => {
    const any = makeFolder();
    writeFiles(any, { 'photos/a.jpg': '', 'boxes/a.xml': xml('dog') });
    expect(readAnnotatedFolder(any).images[0]).toMatchObject({
      imagePath: join(any, 'photos', 'a.jpg'),
      annotationPath: join(any, 'boxes', 'a.xml'),
    });
    const cvat = makeFolder();
    writeFiles(cvat, {
      ...{ 'Annotations/a.xml': xml('dog'), 'JPEGImages/a.jpg': '', 'SegmentationClass/a.png': '' },
      'ImageSets/Main/default.txt': 'a\n',
    });
    expect(readAnnotatedFolder(cvat).images[0].imagePath).toBe(join(cvat, 'JPEGImages', 'a.jpg'));
    expect(idsOf(cvat, 'default')).toEqual(['a']);
  });

  it('reads parts: folders of their own (Roboflow) and set files, several with commas', () => {
    const folder = makeFolder();
    for (const part of ['train', 'valid']) writeFiles(folder, { [`${part}/a.xml`]: xml('dog'), [`${part}/a.jpg`]: '' });
    expect(idsOf(folder, 'train')).toEqual(['a']);
    const both = readAnnotatedFolder(folder, 'train,valid').images;
    expect(both.map(({ year, id }) => `${year}/${id}`)).toEqual(['train/a', 'valid/a']);
    expect(() => readAnnotatedFolder(folder)).toThrow(/annotations in its folders only: train, valid.*--train train/);

    const flat = makeFolder();
    writeFiles(flat, { 'a.xml': xml('dog'), 'a.jpg': '', 'b.xml': xml('dog'), 'b.jpg': '' });
    writeFiles(flat, { 'ImageSets/Main/val.txt': 'b\n', 'ImageSets/Main/odd.txt': 'a\n../a\nb\n' });
    expect(idsOf(flat, 'val')).toEqual(['b']);
    expect(() => readAnnotatedFolder(flat, 'odd')).toThrow(/odd\.txt, line 2: "\.\.\/a" is not the name of an image/);
    expect(() => readAnnotatedFolder(flat, 'val,odd')).toThrow(/b is also line 1 of val/);
    expect(() => readAnnotatedFolder(flat, 'vla')).toThrow(/expected one of odd, val\. Did you mean val/);
  });

  it('names a missing image, a missing annotation, and a folder without any', () => {
    const folder = makeFolder();
    writeFiles(folder, { 'a.xml': xml('dog'), 'b.jpg': '' });
    expect(() => readAnnotatedFolder(folder)).toThrow(/a\.xml: a has no image in /);
    expect(readAnnotatedFolder(folder, undefined, { needsImages: false }).images[0].hasImage).toBe(false);
    writeFiles(folder, { 'ImageSets/Main/all.txt': 'b\n' });
    expect(() => readAnnotatedFolder(folder, 'all')).toThrow(/b\.xml: the file is missing/);
    const empty = makeFolder();
    writeFiles(empty, { 'a.jpg': '' });
    expect(() => readAnnotatedFolder(empty)).toThrow(/no annotation \(\*\.xml\).*Export the annotations as Pascal VOC/);
    expect(() => readAnnotatedFolder(join(empty, 'no'))).toThrow(DatasetError);
  });

  it('wants every class that is named to have an object that is kept', () => {
    const folder = makeFolder();
    const thin = annotation(object('dog', bndbox(11, 21, 11, 60)) + object('cat', bndbox(1, 1, 9, 9)));
    writeFiles(folder, { 'a.xml': thin, 'a.jpg': '' });
    const options = { classes: ['cat', 'dog'], onBadBox: 'skip', needsEveryClass: true } as const;
    expect(() => readAnnotatedFolder(folder, undefined, options)).toThrow(/no object has the class dog/);
  });
});
