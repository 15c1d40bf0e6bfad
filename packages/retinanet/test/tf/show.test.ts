import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { openDevkit, readImageSet } from '@featuremine/voc';
import { smallArchitecture } from '../small-architecture';
import { runCli } from './run-cli';
import { saveUntrainedDetector } from './saved-detector';

let folder: string;
let voc: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-show-'));
  voc = join(folder, 'VOCdevkit');
  await makeShapesDevkit({ folder: voc, seed: 2, counts: { train: 4 } });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('retinanet show', () => {
  it('finds every annotated object again in the targets of training', async () => {
    const argv = ['--voc', voc, '--set', '2007/train', '--image-size', '256', '--out', join(folder, 'shown')];
    const { exitCode, stdout } = await runCli('show', ...argv, '--json');
    expect(exitCode).toBe(0);
    const { images, report } = JSON.parse(stdout) as {
      images: { file: string; objects: number; foreground: number }[];
      report: string;
    };
    const annotated = readImageSet(openDevkit(voc), '2007/train').images;
    expect(images).toHaveLength(4);
    for (const { file, objects, foreground } of images) {
      expect(objects).toBe(annotated.find(({ imagePath }) => imagePath === file)!.objects.length);
      expect(foreground).toBeGreaterThanOrEqual(objects);
    }
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('data:image/jpeg;base64,');
    for (const title of ['As annotated', 'As training sees them']) expect(html).toContain(`<h2>${title}</h2>`);
    expect(html.split('data:image/jpeg;base64,')).toHaveLength(9); // four images, twice
    expect(html).not.toContain('As the detector sees them');
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });
});

describe('the predictions of retinanet show', () => {
  let run: string;

  beforeAll(() => {
    run = mkdtempSync(join(folder, 'run-'));
    const said = {
      classNames: ['circle', 'square'],
      resize: { kind: 'longest-side', size: 96 },
      pixels: 'uint8',
    } as const;
    renameSync(saveUntrainedDetector(run, {}, said, { classBias: -4 }), join(run, 'weights.safetensors'));
    const detector = { ...said, architecture: smallArchitecture() };
    writeFileSync(join(run, 'config.json'), JSON.stringify({ detector }));
  });

  async function predicted(...flags: string[]): Promise<string> {
    const argv = [
      '--voc',
      voc,
      '--set',
      '2007/train',
      '--limit',
      '1',
      '--run',
      run,
      '--out',
      join(folder, 'predicted'),
    ];
    expect(await runCli('show', ...argv, ...flags)).toMatchObject({ exitCode: 0 });
    return readFileSync(join(folder, 'predicted', 'show.html'), 'utf8').split('As the detector sees them')[1];
  }

  it('go down to the threshold, also below that of detectors', async () => {
    expect(await predicted()).toMatch(/: 0 found/);
    const section = await predicted('--score-threshold', '0.01');
    expect(section).toMatch(/score above 0\.01/);
    expect(section).toMatch(/: [1-9]\d* found/);
  });

  it('are made at the size that is asked for', async () => {
    const flags = ['--score-threshold', '0.01'];
    const usual = await predicted(...flags);
    expect(await predicted(...flags, '--image-size', '96')).toBe(usual);
    expect(await predicted(...flags, '--image-size', '160')).not.toBe(usual);
  });
});

describe('retinanet validate', () => {
  it('prints counts of each part, and the images that are in both', async () => {
    const argv = ['--voc', voc, '--train', '2007/train', '--val', '2007/train'];
    const { exitCode, stdout } = await runCli('validate', ...argv, '--json');
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as { errors: number; parts: Record<string, object>; duplicates: object[] };
    expect(report).toMatchObject({ errors: 0, parts: { train: { files: 4 }, val: { files: 4 } } });
    expect(report.duplicates).toHaveLength(4);
    const { stdout: text } = await runCli('validate', ...argv);
    expect(text).toMatch(/4 images are in train and in val/);
  });

  it('ends with exit code 2 when something must be repaired, and refuses to guess where the data are', async () => {
    const annotation = join(voc, 'VOC2007', 'Annotations', '000002.xml');
    const text = readFileSync(annotation, 'utf8');
    writeFileSync(annotation, text.replace('<width>', '<width>1'));
    const { exitCode, stdout } = await runCli('validate', '--voc', voc);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/error: size-mismatch, 1\n.*000002\.xml/);
    writeFileSync(annotation, text);
    expect((await runCli('validate')).stderr).toMatch(/--voc, --data, --coco: none of them/);
  });
});

describe('retinanet anchors', () => {
  it('counts by class what the anchors fit, and warns when they fit too little', async () => {
    const argv = ['--voc', voc, '--set', '2007/train', '--json'];
    const large = JSON.parse((await runCli('anchors', ...argv, '--image-size', '512')).stdout) as Record<
      string,
      number
    >;
    expect(large).toMatchObject({ imageSize: '512 px, padded', missed: 0 });
    const { stdout, stderr } = await runCli('anchors', ...argv, '--image-size', '64');
    expect((JSON.parse(stdout) as Record<string, number>)['missed']).toBeGreaterThan(0);
    expect(stderr).toMatch(/too small or too long for the anchors/);
    const { suggestion } = JSON.parse(stdout) as { suggestion: { sizes: number[]; fittedShare: number } };
    expect(suggestion.sizes[0]).toBeLessThan(32);
    const sizes = ['--anchor-sizes', suggestion.sizes.join(',')];
    const better = JSON.parse(
      (await runCli('anchors', ...argv, '--image-size', '64', ...sizes)).stdout,
    ) as typeof large;
    expect(better['fitted'] / better['objects']).toBeGreaterThan(0.5);
  });
});
