import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { openDevkit, readImageSet } from '@featuremine/voc';
import { runCli } from './run-cli';

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
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
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
  });
});
