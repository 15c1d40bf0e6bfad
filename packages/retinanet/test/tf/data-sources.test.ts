import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { cocoGroundTruth, groundTruthFromImageSet } from '@featuremine/voc-eval';
import { openDevkit, readImageSet } from '@featuremine/voc';
import { runCli } from './run-cli';

jest.setTimeout(300_000);

let folder: string;
/** Images with XML beside them, as LabelImg leaves them. */
let flat: string;
let voc: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-sources-'));
  voc = join(folder, 'VOCdevkit');
  flat = join(folder, 'flat');
  const classNames = ['circle', 'square'];
  await makeShapesDevkit({ folder: voc, seed: 5, counts: { all: 8 }, classNames, imageSides: [96, 96] });
  for (const name of ['Annotations', 'JPEGImages']) cpSync(join(voc, 'VOC2007', name), flat, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const small = ['--model', 'resnet18', '--image-size', '64', '--batch-size', '2', '--epochs', '1', '--workers', '0'];

describe('retinanet with a folder of images and XML', () => {
  it('splits it, again only by force, and the same way by the same seed', async () => {
    const argv = ['--data', flat, '--val', '0.25', '--seed', '3', '--json'];
    const { exitCode, stdout } = await runCli('split', ...argv);
    expect(exitCode).toBe(0);
    const { sets } = JSON.parse(stdout) as { sets: { name: string; file: string; images: number }[] };
    expect(sets.map(({ name, images }) => [name, images])).toEqual([
      ['train', 6],
      ['val', 2],
    ]);
    const before = sets.map(({ file }) => readFileSync(file, 'utf8'));
    const refused = await runCli('split', ...argv);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/train\.txt.*is there already.*--prefix NAME.*--force/);
    expect((await runCli('split', ...argv, '--force')).exitCode).toBe(0);
    expect(sets.map(({ file }) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  it('trains on one part, validates and evaluates on the other', async () => {
    const out = join(folder, 'run-flat');
    const trained = await runCli('train', '--data', flat, '--train', 'train', '--val', 'val', ...small, '--out', out);
    expect({ exitCode: trained.exitCode, stderr: trained.stderr }).toMatchObject({ exitCode: 0 });
    const argv = ['--run', out, '--data', flat, '--set', 'val', '--workers', '0', '--json'];
    const { exitCode, stdout } = await runCli('eval', ...argv);
    expect(exitCode).toBe(0);
    const { classes } = JSON.parse(stdout) as { classes: Record<string, { groundTruths: number }> };
    expect(Object.keys(classes)).toEqual(['circle', 'square']);
  });
});

describe('retinanet split of a devkit', () => {
  it('writes image sets beside those of the year, and says how to name them', async () => {
    const argv = ['--voc', voc, '--set', 'all', '--val', '0.5', '--prefix', 'my-', '--json'];
    const { stdout } = await runCli('split', ...argv);
    const { sets } = JSON.parse(stdout) as { sets: { name: string }[] };
    expect(sets.map(({ name }) => name)).toEqual(['2007/my-train', '2007/my-val']);
    const [train, val] = sets.map(({ name }) => readImageSet(openDevkit(voc), name).images.map(({ id }) => id));
    expect([...train, ...val].sort()).toEqual(readImageSet(openDevkit(voc), 'all').images.map(({ id }) => id));
  });
});

describe('retinanet with a COCO file', () => {
  it('trains, evaluates by COCO, and writes COCO results with the ids of the file', async () => {
    const file = join(folder, 'instances.json');
    writeFileSync(file, JSON.stringify(cocoGroundTruth(groundTruthFromImageSet(readImageSet(voc, 'all')))));
    const images = join(voc, 'VOC2007', 'JPEGImages');
    const out = join(folder, 'run-coco');
    const source = ['--coco', file, '--images', images];
    const trained = await runCli('train', ...source, '--val-coco', file, ...small, '--out', out, '--json');
    expect({ exitCode: trained.exitCode, stderr: trained.stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(trained.stdout)).toMatchObject({ steps: 4, classNames: ['circle', 'square'] });
    const found = join(folder, 'found');
    const argv = ['--run', out, ...source, '--protocol', 'coco', '--workers', '0', '--score-threshold', '0'];
    const { exitCode, stdout } = await runCli('eval', ...argv, '--out', found, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ protocol: 'coco' });
    expect(existsSync(join(found, 'detections.json'))).toBe(true);
    const rows = JSON.parse(readFileSync(join(found, 'detections.json'), 'utf8')) as { image_id: number }[];
    expect(new Set(rows.map(({ image_id }) => image_id)).size).toBe(8);
  });

  it('judges boxes without area as they stand', async () => {
    const coco = join(folder, 'flat-box.json');
    const whole = cocoGroundTruth(groundTruthFromImageSet(readImageSet(voc, 'all')));
    const [first, ...others] = whole.annotations;
    const flat = { ...first, bbox: [5, 5, 0, 20] };
    writeFileSync(coco, JSON.stringify({ ...whole, annotations: [flat, ...others] }));
    const images = join(voc, 'VOC2007', 'JPEGImages');
    const usual = ['--run', join(folder, 'run-coco'), '--workers', '0', '--json'];
    const ofCoco = await runCli('eval', ...usual, '--coco', coco, '--images', images);
    expect({ exitCode: ofCoco.exitCode, stderr: ofCoco.stderr }).toMatchObject({ exitCode: 0 });
    const annotation = join(voc, 'VOC2007', 'Annotations', '000001.xml');
    const text = readFileSync(annotation, 'utf8');
    const xmin = Number(/<xmin>(\d+)<\/xmin>/.exec(text)![1]);
    writeFileSync(annotation, text.replace(/<xmax>\d+<\/xmax>/, `<xmax>${xmin - 1}</xmax>`));
    const ofVoc = await runCli('eval', ...usual, '--voc', voc, '--set', 'all');
    writeFileSync(annotation, text);
    expect({ exitCode: ofVoc.exitCode, stderr: ofVoc.stderr }).toMatchObject({ exitCode: 0 });
    const counts = [ofCoco, ofVoc].map(({ stdout }) => {
      const { classes } = JSON.parse(stdout) as { classes: Record<string, { groundTruths: number }> };
      return Object.values(classes).reduce((sum, { groundTruths }) => sum + groundTruths, 0);
    });
    expect(counts).toEqual([whole.annotations.length, whole.annotations.length]);
  });
});
