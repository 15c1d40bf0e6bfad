import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnnotation } from '@featuremine/voc';
import { readCocoSet } from '../src/coco-set';
import { openPredictionsCoco, openPredictionsJson, outputNames, writePredictionVoc } from '../src/prediction-files';
import type { ImagePrediction, PredictionFile } from '../src/prediction-files';

let folder: string;
const images: ImagePrediction[] = [
  {
    ...{ file: 'photos/a.jpg', width: 100, height: 80 },
    detections: [
      { class: 'dog', score: 0.9, box: [9.6, 20.2, 50.4, 79.9] },
      { class: 'cat', score: 0.3, box: [0, 0, 10, 10] },
      { class: 'cat', score: 0.8, box: [99.9, 10.1, 100, 10.4] },
    ],
  },
  { file: 'more/b.png', width: 40, height: 30, detections: [] },
];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-predictions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(file: PredictionFile, predictions: readonly ImagePrediction[]): void {
  for (const image of predictions) file.add(image);
  file.commit();
}

describe('openPredictionsJson', () => {
  it('writes what was found, also in no image', () => {
    const path = join(folder, 'predictions.json');
    written(openPredictionsJson(path), images);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ images });
    written(openPredictionsJson(path), []);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ images: [] });
  });

  it('leaves an old file as it was until all is written', () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    const path = join(kept, 'predictions.json');
    writeFileSync(path, 'old');
    const file = openPredictionsJson(path);
    file.add(images[0]);
    expect(readFileSync(path, 'utf8')).toBe('old');
    file.discard();
    expect(readdirSync(kept)).toEqual(['predictions.json']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('says where it cannot write', () => {
    expect(() => openPredictionsJson(join(folder, 'no/such/predictions.json'))).toThrow(
      /predictions\.json: there is no such file or folder/,
    );
  });
});

describe('writePredictionVoc', () => {
  it('writes annotations that are read without a fault, in whole pixels inside the image, from the threshold on', () => {
    for (const [i, name] of ['a', 'b'].entries()) writePredictionVoc(folder, images[i], { name, threshold: 0.5 });
    const { annotation, faults } = readAnnotation(join(folder, 'a.xml'), { wantsNotes: false });
    expect(faults).toEqual([]);
    expect(annotation).toMatchObject({ imageFile: 'a.jpg', width: 100, height: 80 });
    expect(annotation.objects.map(({ name, box }) => [name, ...box])).toEqual([
      ['dog', 10, 20, 50, 80],
      ['cat', 98, 10, 100, 12],
    ]);
    expect(readAnnotation(join(folder, 'b.xml')).annotation.objects).toEqual([]);
  });
});

describe('openPredictionsCoco', () => {
  it('writes a COCO file that training reads, with scores', () => {
    const file = join(folder, 'predictions-coco.json');
    written(openPredictionsCoco(file, ['cat', 'dog']), images);
    const coco = JSON.parse(readFileSync(file, 'utf8')) as { annotations: { score: number; bbox: number[] }[] };
    expect(coco.annotations.map(({ score }) => score)).toEqual([0.9, 0.3, 0.8]);
    coco.annotations[0].bbox.forEach((value, i) => expect(value).toBeCloseTo([9.6, 20.2, 40.8, 59.7][i], 9));
    const imageFolder = join(folder, 'images');
    mkdirSync(imageFolder);
    for (const name of ['a.jpg', 'b.png']) writeFileSync(join(imageFolder, name), '');
    const set = readCocoSet({ file, imageFolder }, {});
    expect(set.classNames).toEqual(['cat', 'dog']);
    expect(set.images.map(({ objects }) => objects.map(({ name }) => name))).toEqual([['dog', 'cat', 'cat'], []]);
  });
});

describe('outputNames', () => {
  it('is the stem, with the place before it where stems are shared', () => {
    expect(outputNames(['x/a.jpg', 'y/a.png', 'b.jpg'])).toEqual(['1-a', '2-a', 'b']);
  });

  it('counts on where a numbered name is the stem of another image', () => {
    expect(outputNames(['x/a.jpg', 'y/a.jpg', '1-a.jpg'])).toEqual(['2-a', '3-a', '1-a']);
  });
});
