import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { validationImages } from '../../src/export/run-details';
import { trainSchema } from '../../src/train-options';

const folder = mkdtempSync(join(tmpdir(), 'run-details-'));
const voc = join(folder, 'VOCdevkit');
const classNames = ['circle', 'square'];

beforeAll(() => makeShapesDevkit({ folder: voc, seed: 0, classNames, counts: { train: 1, val: 2 } }));
afterAll(() => rmSync(folder, { recursive: true }));

// As trainDetector writes it: what the network became stands under the key of the flag --detector.
function writeConfig(options: object): void {
  const detector = { classNames, resize: { kind: 'longest-side', size: 96 }, pixels: 'uint8' };
  const config = {
    ...trainSchema.parse({ out: folder, detector: 'v2', voc, train: '2007/train', ...options }),
    detector,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
}

describe('validationImages', () => {
  it('finds the images that a run was validated on', () => {
    writeConfig({ val: '2007/val' });
    const image = (name: string): string => join(voc, 'VOC2007', 'JPEGImages', name);
    expect(validationImages(folder, classNames)).toEqual([image('000002.jpg'), image('000003.jpg')]);
  });

  it('asks for images where a run had none', () => {
    writeConfig({});
    expect(() => validationImages(folder, classNames)).toThrow(/trained without validation images.*Add --images/);
  });
});
