import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { VOC_CLASSES, openDevkit, readImageSet } from '../src';
import { readImageSize } from '../src/image-size';
import { realData } from './real-data';
import { annotation, bndbox, makeFolder, object, writeFiles } from './sample';

const good = object('dog', bndbox(11, 21, 50, 60));
const wide = object('cat', bndbox(91, 21, 120, 60));
const thin = object('dog', bndbox(11, 21, 11, 60));
const beyond = object('dog', bndbox(111, 21, 120, 60));

/** A devkit of one set `all` with these annotations, named a, b, c … */
function devkitOf(contents: readonly string[], set?: string): string {
  const folder = makeFolder();
  const ids = contents.map((_, i) => String.fromCharCode(97 + i));
  contents.forEach((content, i) => {
    const text = annotation(content).replace('000001', ids[i]);
    writeFiles(folder, { [`VOC2007/Annotations/${ids[i]}.xml`]: text, [`VOC2007/JPEGImages/${ids[i]}.JPG`]: '' });
  });
  writeFiles(folder, { 'VOC2007/ImageSets/Main/all.txt': set ?? ids.join('\n') });
  return folder;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('readImageSet', () => {
  it('finds images whatever the case of their extension', () => {
    const folder = devkitOf([good]);
    const { images } = readImageSet(folder, 'all');
    expect(images[0]).toMatchObject({ id: 'a', year: '2007', hasImage: true, widthPx: 100, heightPx: 80 });
    expect(images[0].imagePath).toBe(join(folder, 'VOC2007/JPEGImages/a.JPG'));
  });

  it('fails by default, and names file, object, class and what to do', () => {
    const folder = devkitOf([good, good + thin]);
    expect(messageOf(() => readImageSet(folder, '2007/all'))).toBe(
      `${folder}/VOC2007/Annotations/b.xml, object 2 (dog): xmax 11 is not right of xmin 11. ` +
        'Fix the box, or pass --on-bad-box=skip.',
    );
  });

  it('advises the policy that would let the faults pass, and none where no policy would', () => {
    expect(messageOf(() => readImageSet(devkitOf([wide]), 'all'))).toMatch(/Fix the box, or pass --on-bad-box=clip\.$/);
    const two = devkitOf([good + thin + wide]);
    expect(messageOf(() => readImageSet(two, 'all'))).toMatch(/named above, or pass --on-bad-box=skip\.$/);
    expect(messageOf(() => readImageSet(devkitOf([thin, '<object/>']), 'all'))).toMatch(/Fix what is named above\.$/);
  });

  it('names the first 20 faults, their number, and all in a file', () => {
    const folder = devkitOf([Array.from({ length: 25 }, (_, i) => object('dog', bndbox(9 + i, 1, 9 + i, 9))).join('')]);
    const faultFile = join(folder, 'not-made-yet', 'faults.txt');
    const message = messageOf(() => readImageSet(folder, 'all', { faultFile }));
    expect(message).toContain('25 faults');
    expect(message.match(/not right of/g)).toHaveLength(20);
    expect(message).toContain('and 5 more');
    expect(readFileSync(faultFile, 'utf8').trim().split('\n')).toHaveLength(25);
  });

  it('skips bad boxes and counts them', () => {
    const { images, report } = readImageSet(devkitOf([good + thin + wide, beyond]), 'all', { onBadBox: 'skip' });
    expect(images.map(({ objects }) => objects.map(({ index }) => index))).toEqual([[1], []]);
    expect(report).toMatchObject({ imageCount: 2, objectCount: 1, skippedBoxCount: 3, clippedBoxCount: 0 });
    expect([...report.countByKind]).toEqual([
      ['zero-area-box', 1],
      ['outside-image', 2],
    ]);
  });

  it('clips boxes to the image, drops what has no area left, and counts both', () => {
    const zero = object('dog', bndbox(0, 0, 9, 9));
    const set = readImageSet(devkitOf([good + thin + wide + zero, beyond]), 'all', { onBadBox: 'clip' });
    expect(set.images.map(({ objects }) => objects.map(({ box }) => box))).toEqual([
      [
        [10, 20, 50, 60],
        [90, 20, 100, 60],
        [0, 0, 9, 9],
      ],
      [],
    ]);
    expect(set.report).toMatchObject({ objectCount: 3, skippedBoxCount: 2, clippedBoxCount: 2 });
  });

  it('keeps boxes as they stand for evaluation, but not without four numbers', () => {
    const { images, report } = readImageSet(devkitOf([thin + wide + beyond]), 'all', { onBadBox: 'keep' });
    expect(images[0].objects.map(({ box }) => box)).toEqual([
      [10, 20, 11, 60],
      [90, 20, 120, 60],
      [110, 20, 120, 60],
    ]);
    expect(report.faults.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
    const missing = devkitOf([object('dog', '<bndbox><xmin>1</xmin></bndbox>')]);
    expect(messageOf(() => readImageSet(missing, 'all', { onBadBox: 'keep' }))).toContain('<ymin> is missing');
  });

  it('never lets a broken file pass, whatever the policy', () => {
    const folder = devkitOf([good]);
    writeFiles(folder, { 'VOC2007/Annotations/a.xml': '<annotation>' });
    for (const onBadBox of ['fail', 'skip', 'clip', 'keep'] as const) {
      expect(messageOf(() => readImageSet(folder, 'all', { onBadBox }))).toContain('the XML');
    }
  });

  it('takes the 20 VOC classes when all names are among them, else the names sorted', () => {
    expect(readImageSet(devkitOf([good]), 'all').classNames).toEqual(VOC_CLASSES);
    const names = ['zebra', '__proto__', 'dog'].map((name) => object(name, bndbox(11, 21, 50, 60))).join('');
    const { classNames, images } = readImageSet(devkitOf([names]), 'all');
    expect(classNames).toEqual(['__proto__', 'dog', 'zebra']);
    expect(images[0].objects.map(({ classId }) => classId)).toEqual([2, 0, 1]);
  });

  it('counts objects of other classes than those asked for', () => {
    const folder = devkitOf([good + object('cat', bndbox(11, 21, 50, 61))]);
    const { images, report } = readImageSet(folder, 'all', { classes: ['cat'] });
    expect(images[0].objects.map(({ name, classId }) => [name, classId])).toEqual([['cat', 0]]);
    expect(report).toMatchObject({ objectCount: 1, otherClassCount: 1 });
  });

  it('names a class that no object has, when each is needed', () => {
    const folder = devkitOf([good]);
    expect(readImageSet(folder, 'all', { classes: ['dogg'] }).report.objectCount).toBe(0);
    const message = messageOf(() => readImageSet(folder, 'all', { classes: ['dogg'], needsEveryClass: true }));
    expect(message).toContain('Did you mean dog');
    expect(messageOf(() => readImageSet(folder, 'all', { classes: ['dog', 'dog'] }))).toContain('dog is there twice');
  });

  it.each([
    ['../../../etc/passwd', 'is not the name of an image'],
    ['..', 'is not the name of an image'],
    ['a\\b', 'is not the name of an image'],
    ['a\na', 'a is also line 1 of 2007/all'],
    ['a b c', 'the line is "a b c"'],
    ['nothing', 'the file is missing'],
    ['', 'the image sets name no image'],
  ])('refuses the set line %j', (set, message) => {
    expect(messageOf(() => readImageSet(devkitOf([good], set), 'all'))).toContain(message);
  });

  it('reads set files of a class, with CR LF and a byte order mark', () => {
    const folder = devkitOf([good, good], '\uFEFFa -1\r\nb  1\r\n\r\n');
    expect(readImageSet(folder, 'all').images.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('misses an image unless none is needed', () => {
    const folder = devkitOf([good], 'a\nb');
    writeFiles(folder, { 'VOC2007/Annotations/b.xml': annotation(good) });
    expect(messageOf(() => readImageSet(folder, 'all'))).toContain('all.txt, line 2: b has no image');
    const { images } = readImageSet(folder, 'all', { needsImages: false });
    expect(images.map(({ hasImage }) => hasImage)).toEqual([true, false]);
    expect(existsSync(images[1].imagePath)).toBe(false);
  });

  it('refuses the file of a set that is too large or a pipe, and an image that is a pipe', () => {
    const folder = devkitOf([good]);
    const set = join(folder, 'VOC2007/ImageSets/Main/all.txt');
    const read = (): unknown => readImageSet(folder, 'all');
    truncateSync(set, 2 ** 26 + 1);
    expect(read).toThrow(`${set}: 67108865 bytes, expected at most 67108864`);
    rmSync(set);
    execFileSync('mkfifo', [set]);
    expect(read).toThrow(`${set}: a pipe or a device`);
    expect(() => readImageSize(set)).toThrow(/a pipe or a device/);
  });

  it('names years, sets and folders that are not there', () => {
    const folder = devkitOf([good]);
    expect(messageOf(() => readImageSet(folder, '2012/all'))).toContain('has no year 2012');
    expect(messageOf(() => readImageSet(folder, '2007/al'))).toContain('Did you mean 2007/all');
    expect(messageOf(() => readImageSet(folder, '2007/../../x'))).toContain('there is no');
    expect(messageOf(() => openDevkit(join(folder, 'VOC2007')))).toContain(`Pass ${folder}.`);
    expect(messageOf(() => openDevkit(join(folder, 'nowhere')))).toContain('there is no such folder');
  });

  it('sends images with XML beside them to --data', () => {
    const photos = makeFolder();
    writeFiles(photos, { 'a.xml': '<annotation/>', 'ImageSets/Main/train.txt': 'a' });
    expect(messageOf(() => openDevkit(photos))).toContain(`are read by --data ${photos} of retinanet`);
  });

  it('needs a year where there are two, and reads sets of both', () => {
    const folder = devkitOf([good]);
    writeFiles(folder, {
      'VOC2012/Annotations/a.xml': annotation(good),
      'VOC2012/JPEGImages/a.png': '',
      'VOC2012/ImageSets/Main/all.txt': 'a\n',
    });
    expect(messageOf(() => readImageSet(folder, 'all'))).toContain('no year is given');
    const { images } = readImageSet(folder, '2007/all, 2012/all');
    expect(images.map(({ year, imagePath }) => [year, imagePath.slice(-5)])).toEqual([
      ['2007', 'a.JPG'],
      ['2012', 'a.png'],
    ]);
  });

  const bccd = realData('bccd', 'VOCdevkit');
  (bccd === undefined ? it.skip : it)('reads bccd but for its two boxes without an area', () => {
    expect(messageOf(() => readImageSet(bccd!, '2007/trainval,2007/test'))).toContain('2 faults');
    const { classNames, report } = readImageSet(bccd!, '2007/trainval,2007/test', { onBadBox: 'skip' });
    expect(classNames).toEqual(['Platelets', 'RBC', 'WBC']);
    expect(report).toMatchObject({ imageCount: 364, objectCount: 4886, skippedBoxCount: 2 });
  });

  const full = realData('voc2007-test-full', 'VOCdevkit');
  (full === undefined ? it.skip : it)('finds the official numbers of VOC2007 test', () => {
    const { images, report } = readImageSet(full!, '2007/test', { onBadBox: 'keep', needsImages: false });
    const objects = images.flatMap((image) => image.objects);
    expect(report).toMatchObject({ imageCount: 4952, objectCount: 14976, faults: [] });
    expect(objects.filter(({ isDifficult }) => isDifficult)).toHaveLength(2944);
  });
});
