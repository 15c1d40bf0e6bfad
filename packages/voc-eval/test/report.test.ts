import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnnotation, writeDetections, writeImageSet } from '@featuremine/voc';
import { imageDataUri } from '../src/report/image-data';
import { newFolder, vocEval } from './support/run';

const image = { id: '000001', width: 4, height: 4, objects: [] };

describe('formatReport', () => {
  it('escapes class and file names, and asks the network for nothing', async () => {
    const voc = newFolder();
    const evil = '<img src=x onerror=alert(1)> & "q" \'s';
    writeAnnotation(join(voc, 'VOC2007/Annotations'), {
      imageFile: 'a<b>&.jpg',
      widthPx: 100,
      heightPx: 100,
      objects: [
        { name: evil, box: [0, 0, 10, 10] },
        { name: 'dog', box: [20, 20, 30, 30] },
      ],
    });
    writeImageSet({ devkit: voc, year: '2007', set: 'test', ids: ['a<b>&'] });
    writeDetections({
      folder: join(voc, 'r'),
      set: 'test',
      detections: {
        classNames: ['dog'],
        imageIds: ['a<b>&'],
        imageIndex: [0, 0],
        classIndex: [0, 0],
        scores: [0.9, 0.8],
        boxes: [50, 50, 60, 60, 20, 20, 30, 30],
      },
    });
    const file = join(voc, 'report.html');
    const { code, stderr } = await vocEval(
      ...['run', '--voc', voc, '--set', '2007/test', '--detections', join(voc, 'r'), '--report', file],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const page = readFileSync(file, 'utf8');
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62; &#38; &#34;q&#34; &#39;s');
    expect(page).toContain('a&#60;b&#62;&#38;');
    expect(page).not.toMatch(/<script|https?:|url\(|@import|src=(?!x onerror)/);
    expect(page).toContain('dog 0.90');
  });
});

describe('imageDataUri', () => {
  const folder = newFolder();
  const write = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it('embeds a JPEG by its first bytes, whatever its name', () => {
    const imagePath = write('x.txt', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]));
    expect(imageDataUri({ ...image, imagePath }, undefined)).toBe('data:image/jpeg;base64,/9j/4AAA');
  });

  it('embeds nothing that is no image, is too large, or is not there', () => {
    expect(imageDataUri({ ...image, imagePath: write('y.jpg', Buffer.from('<svg/>')) }, undefined)).toBeUndefined();
    const large = write('z.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(4_000_001)]));
    expect(imageDataUri({ ...image, imagePath: large }, undefined)).toBeUndefined();
    expect(imageDataUri(image, folder)).toBeUndefined();
    expect(imageDataUri(image, undefined)).toBeUndefined();
  });
});
