import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeClassificationData, describeDetectionData, openCifar10, openImageFolder } from '../src';
import { openShapesClassification } from '../src';
import type { DetectionSample } from '../src';
import { withScratchFolder } from './scratch';

describe('describeClassificationData', () => {
  const of = (folder: string): string => describeClassificationData(openImageFolder({ folder, split: 'all' }));

  it('changes with each file that is added, gone, renamed, moved to another class or of another size', async () => {
    await withScratchFolder((scratch) => {
      const folder = join(scratch, 'photos');
      for (const name of ['a', 'b']) {
        mkdirSync(join(folder, name), { recursive: true });
        for (const image of ['1.png', '2.png', '3.png']) writeFileSync(join(folder, name, image), 'x');
      }
      const seen = [of(folder)];
      expect(seen[0]).toMatch(/^6 images, [0-9a-f]{12}$/);
      appendFileSync(join(folder, 'a/1.png'), 'y');
      seen.push(of(folder));
      renameSync(join(folder, 'a/1.png'), join(folder, 'a/4.png'));
      seen.push(of(folder));
      renameSync(join(folder, 'a/4.png'), join(folder, 'b/4.png'));
      seen.push(of(folder));
      rmSync(join(folder, 'b/4.png'));
      seen.push(of(folder));
      renameSync(join(folder, 'b'), join(folder, 'c'));
      seen.push(of(folder));
      expect(new Set(seen).size).toBe(6);
    });
  });

  it('stays when the whole folder is copied elsewhere', async () => {
    await withScratchFolder((scratch) => {
      mkdirSync(join(scratch, 'here/a'), { recursive: true });
      writeFileSync(join(scratch, 'here/a/1.png'), 'x');
      cpSync(join(scratch, 'here'), join(scratch, 'there'), { recursive: true });
      expect(of(join(scratch, 'there'))).toBe(of(join(scratch, 'here')));
    });
  });

  it('changes with one byte of a record, and with the seed of shapes', async () => {
    await withScratchFolder((folder) => {
      const record = Buffer.alloc(3073, 5);
      const texts = [5, 6].map((value) => {
        record[2000] = value;
        writeFileSync(join(folder, 'data_batch_1.bin'), record);
        return describeClassificationData(openCifar10({ folder, split: 'train' }));
      });
      expect(texts[0]).not.toBe(texts[1]);
    });
    const shapes = [1, 2].map((seed) => openShapesClassification({ seed, count: 4, imageSize: 32 }));
    expect(describeClassificationData(shapes[0])).not.toBe(describeClassificationData(shapes[1]));
  });
});

describe('describeDetectionData', () => {
  const sample: DetectionSample = {
    ...{ id: 'a', imagePath: '/nowhere/images/a.jpg', width: 10, height: 10 },
    boxes: Float32Array.of(1, 2, 3, 4),
    labels: Int32Array.of(0),
    isDifficult: Uint8Array.of(0),
  };

  it('changes with names, sizes, boxes, labels and difficult marks', () => {
    const changes: Partial<DetectionSample>[] = [
      {},
      { imagePath: '/nowhere/images/b.jpg' },
      { width: 11 },
      { boxes: Float32Array.of(1, 2, 3, 5) },
      { labels: Int32Array.of(1) },
      { isDifficult: Uint8Array.of(1) },
    ];
    const texts = changes.map((change) => describeDetectionData([{ ...sample, ...change }], ['cat', 'dog']));
    expect(new Set([...texts, describeDetectionData([sample], ['dog', 'cat'])]).size).toBe(7);
    expect(describeDetectionData([{ ...sample, imagePath: '/else/images/a.jpg' }], ['cat', 'dog'])).toBe(texts[0]);
  });
});
