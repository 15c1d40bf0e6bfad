import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { readAnnotation } from '@featuremine/voc';
import { RetinaNet } from '../../src/retinanet';
import { runCli } from './run-cli';
import { saveUntrainedDetector } from './saved-detector';

jest.setTimeout(120_000);

interface Prediction {
  file: string;
  width: number;
  height: number;
  detections: { class: string; score: number; box: number[] }[];
}

let folder: string;
let weights: string;
let images: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-predict-'));
  const devkit = join(folder, 'VOCdevkit');
  await makeShapesDevkit({ folder: devkit, seed: 3, counts: { train: 2 }, imageSides: [90, 140] });
  images = ['000001', '000002'].map((id) => join(devkit, 'VOC2007', 'JPEGImages', `${id}.jpg`));
  weights = saveUntrainedDetector(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const predict = (...argv: string[]) => runCli('predict', '--workers', '0', ...argv);

describe('retinanet predict', () => {
  it('prints one JSON object with the detections in pixels of each file, and draws them', async () => {
    const out = join(folder, 'found');
    const argv = ['--weights', weights, '--classes', 'a,b', '--image-size', '96', '--out', out, '--json'];
    const { exitCode, stdout } = await predict(...argv, ...images);
    expect(exitCode).toBe(0);
    const predictions = (JSON.parse(stdout) as { images: Prediction[] }).images;
    expect(predictions.map(({ file }) => file)).toEqual(images);
    for (const { width, height, detections } of predictions) {
      expect(detections.length).toBeGreaterThan(0);
      for (const { class: name, score, box } of detections) {
        expect(['a', 'b']).toContain(name);
        expect(score).toBeGreaterThan(0.05);
        expect(box[0] >= 0 && box[1] >= 0 && box[2] <= width + 1e-4 && box[3] <= height + 1e-4).toBe(true);
      }
    }
    expect(JSON.parse(readFileSync(join(out, 'predictions.json'), 'utf8'))).toEqual({ images: predictions });
    expect(existsSync(join(out, '000001.jpg'))).toBe(true);
  });

  it('takes folders and patterns, and writes VOC and COCO files', async () => {
    const out = join(folder, 'files');
    const pattern = join(folder, 'VOCdevkit', '**', '*1.jpg');
    const argv = ['--weights', weights, '--classes', 'a,b', '--image-size', '96', '--out', out, '--write', 'voc,coco'];
    const flags = ['--no-draw', '--draw-threshold', '0.1', '--test-flip', '--json'];
    const { exitCode, stdout } = await predict(...argv, ...flags, pattern);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { images: Prediction[] }).images).toHaveLength(1);
    expect(readdirSync(out).sort()).toEqual(['annotations', 'predictions-coco.json']);
    const { annotation } = readAnnotation(join(out, 'annotations', '000001.xml'));
    expect(annotation.objects.length).toBeGreaterThan(0);
  });

  it('takes classes, anchors and size from the weights of a training', async () => {
    const own = mkdtempSync(join(folder, 'own-'));
    const anchors = { sizes: [16, 32, 64, 128, 256], ratios: [0.5, 1, 2] };
    const resize = { kind: 'longest-side', size: 96 } as const;
    const file = saveUntrainedDetector(own, { anchors }, { classNames: ['cell', 'bubble'], resize, pixels: 'float32' });
    const usual = ['--out', join(own, 'found'), '--no-draw', '--json'];
    const argv = ['--weights', file, ...usual];
    const { exitCode, stdout, stderr } = await predict(...argv, images[0]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const [{ detections }] = (JSON.parse(stdout) as { images: Prediction[] }).images;
    expect(new Set(detections.map(({ class: name }) => name))).toEqual(new Set(['cell', 'bubble']));
    // The same weights in a file that says nothing, with the same size and names: only the anchors are others.
    const size = ['--classes', 'cell,bubble', '--image-size', '96'];
    const silent = await predict('--weights', weights, ...size, ...usual, images[0]);
    const [other] = (JSON.parse(silent.stdout) as { images: Prediction[] }).images;
    expect(detections).not.toEqual(other.detections);
    const given = await predict(...argv, '--classes', 'a,b', images[0]);
    expect((JSON.parse(given.stdout) as { images: Prediction[] }).images[0].detections[0].class).toMatch(/^[ab]$/);
  });

  it('reports nothing at or below --score-threshold', async () => {
    const argv = [
      '--weights',
      weights,
      '--classes',
      'a,b',
      '--image-size',
      '96',
      '--out',
      join(folder, 'none'),
      '--json',
    ];
    const { stdout } = await predict(...argv, '--no-draw', '--score-threshold', '0.999', images[0]);
    expect((JSON.parse(stdout) as { images: Prediction[] }).images[0].detections).toEqual([]);
  });

  it.each<[string, (known: { weights: string; image: string }) => string[], RegExp]>([
    ['neither run nor weights', ({ image }) => [image], /neither --run nor --weights/],
    [
      'weights without class names',
      ({ weights, image }) => ['--weights', weights, image],
      /--classes: missing, and .*detector\.safetensors does not name its classes, expected 2/,
    ],
    [
      'a class list of another length',
      ({ weights, image }) => ['--weights', weights, '--classes', 'a,b,c', image],
      /--classes: 3 classes, expected 2/,
    ],
    [
      'a missing image',
      ({ weights }) => ['--weights', weights, '--classes', 'a,b', 'no.jpg'],
      /no\.jpg: there is no such file/,
    ],
    [
      'an image that is none',
      ({ weights }) => ['--weights', weights, '--classes', 'a,b', weights],
      /detector\.safetensors: it cannot be read as an image/,
    ],
    [
      'a size that is too small',
      ({ weights, image }) => ['--weights', weights, '--classes', 'a,b', '--image-size', '16', image],
      /16 px is too small/,
    ],
    ['a folder without a run', ({ image }) => ['--run', tmpdir(), image], /no config\.json/],
    ['no image', ({ weights }) => ['--weights', weights, '--classes', 'a,b'], /IMAGE/],
    ['a misspelt flag', ({ image }) => ['--wieghts', 'x', image], /weights/],
  ])('refuses %s with exit code 2', async (_what, argv, message) => {
    const { exitCode, stderr, stdout } = await predict(
      '--out',
      join(folder, 'bad'),
      ...argv({ weights, image: images[0] }),
    );
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
  });

  it('refuses a classifier where a detector is wanted', async () => {
    const text = join(folder, 'text.safetensors');
    writeFileSync(text, 'no weights at all');
    const { exitCode } = await predict('--weights', text, '--classes', 'a', '--out', join(folder, 'bad'), images[0]);
    expect(exitCode).toBe(2);
  });
});

describe('RetinaNet', () => {
  it('finds in a program what the command finds', async () => {
    const argv = [
      '--weights',
      weights,
      '--classes',
      'a,b',
      '--image-size',
      '96',
      '--out',
      join(folder, 'same'),
      '--json',
    ];
    const { stdout } = await predict(...argv, '--no-draw', images[0]);
    const expected = (JSON.parse(stdout) as { images: Prediction[] }).images[0];
    const detector = await RetinaNet.load(
      { weights, classNames: ['a', 'b'] },
      { resize: { kind: 'longest-side', size: 96 } },
    );
    const bytes = readFileSync(images[0]);
    const found = await detector.detect({ name: 'a photo', bytes });
    await detector.close();
    expect({ file: images[0], ...found }).toEqual(expected);
  });
});
