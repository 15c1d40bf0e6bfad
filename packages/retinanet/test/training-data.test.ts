import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { trainSchema } from '../src/train-options';
import { readTrainingData } from '../src/training-data';

let folder: string;
let voc: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'training-data-'));
  voc = join(folder, 'VOCdevkit');
  const counts = { train: 4, val: 2 };
  await makeShapesDevkit({ folder: voc, seed: 5, counts, classNames: ['circle', 'square'], imageSides: [96, 96] });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The warnings of reading the devkit with these options. */
function warnings(given: Record<string, unknown>): string[] {
  const lines: string[] = [];
  const options = trainSchema.parse({ voc, train: '2007/train', out: join(folder, 'run'), ...given });
  readTrainingData(options, { ...silentLogger, warn: (line: string) => lines.push(line) });
  return lines;
}

/** Changes the annotations of the two validation images. */
function changeVal(change: (xml: string) => string): void {
  const annotations = join(voc, 'VOC2007', 'Annotations');
  for (const name of readdirSync(annotations).sort().slice(-2)) {
    const path = join(annotations, name);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
}

describe('readTrainingData', () => {
  it.each([
    ['--early-stop', { earlyStop: 3 }],
    ['--test-flip', { testFlip: true }],
  ])('refuses %s without a validation set', (flag, given) => {
    expect(() => warnings(given)).toThrow(new RegExp(`${flag}: there is no validation set\\. Name one with --val`));
    expect(() => warnings({ ...given, val: '2007/val' })).not.toThrow();
  });

  it('warns of classes that the validation set cannot judge, and of one that judges none', () => {
    expect(warnings({ val: '2007/val' })).toEqual([]);
    changeVal((xml) => xml.replaceAll('<name>square</name>', '<name>circle</name>'));
    expect(warnings({ val: '2007/val' })).toEqual([
      '2007/val: no object that counts of square: the mAP is that of the others',
    ]);
    changeVal((xml) => xml.replaceAll('<difficult>0</difficult>', '<difficult>1</difficult>'));
    expect(warnings({ val: '2007/val' })).toEqual([
      "2007/val: no object that counts, so there is no mAP; the last epoch's weights are kept as the best",
    ]);
  });
});
