import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { runCommands } from '@featuremine/command-line';
import { trainingReport } from '@featuremine/training';
import type { Summary } from '@featuremine/training';
import { retinanetProgram } from '../packages/retinanet/src/cli';
import { writeDrawnImage } from '../packages/retinanet/src/draw-detections';
import { main as vocEval } from '../packages/voc-eval/src/cli';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const voc = join(folder, 'VOCdevkit');
afterAll(() => rmSync(folder, { recursive: true }));

/** Names that would run, load or overwrite something if a page or an object took them as they are. */
const names = [
  '"><svg onload=alert(1)>',
  "'><b onmouseover=alert(2)>",
  '<img src=x onerror=alert(3)>',
  '&lt;i&gt;',
  '__proto__',
  'constructor',
  'toString',
];
const imageId = '"><img src=x onerror=alert(4)>';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

beforeAll(async () => {
  const year = join(voc, 'VOC2007');
  for (const part of ['Annotations', 'JPEGImages', 'ImageSets/Main']) mkdirSync(join(year, part), { recursive: true });
  const objects = names.map((name, i) => {
    const box = [10 + 10 * i, 10, 50 + 10 * i, 60].map((value, k) => `<${BOX[k]}>${value}</${BOX[k]}>`).join('');
    return `<object><name>${escaped(name)}</name><bndbox>${box}</bndbox></object>`;
  });
  const size = '<size><width>160</width><height>120</height><depth>3</depth></size>';
  const text = `<annotation><filename>../../../../etc/passwd</filename>${size}${objects.join('')}</annotation>`;
  writeFileSync(join(year, 'Annotations', `${imageId}.xml`), text);
  writeFileSync(join(year, 'ImageSets/Main/test.txt'), imageId);
  const image = sharp({ create: { width: 160, height: 120, channels: 3, background: '#888' } });
  await image.jpeg().toFile(join(year, 'JPEGImages', `${imageId}.jpg`));
});

const BOX = ['xmin', 'ymin', 'xmax', 'ymax'];

/** No name has become an element or an attribute, nothing of the page runs, and nothing in it is another file. */
function expectHarmless(html: string): void {
  expect(html).not.toMatch(/<(svg|b|img) (onload|onmouseover|src=x)/);
  expect(html).not.toMatch(/<script/i);
  expect(html).not.toContain('root:'); // of the file that <filename> names
  expect(Object.keys(Object.prototype)).toEqual([]);
}

const silent = { write: (): boolean => true };

describe('class and file names that are markup or keys of Object.prototype', () => {
  it('are texts in the report of voc-eval, and classes like any other', async () => {
    const detections = names.map((name, i) => ({ class: name, score: 0.9, box: [9 + 10 * i, 9, 50 + 10 * i, 60] }));
    const predictions = join(folder, 'predictions.json');
    writeFileSync(predictions, JSON.stringify({ images: [{ file: `${imageId}.jpg`, width: 160, height: 120, detections }] })); // prettier-ignore
    const report = join(folder, 'report.html');
    const argv = ['run', '--voc', voc, '--set', '2007/test', '--detections', predictions, '--report', report];
    let stdout = '';
    const streams = { stdout: { write: (text: string) => (stdout += text) !== '' }, stderr: silent };
    expect(await vocEval([...argv, '--json'], streams)).toBe(0);
    process.exitCode = undefined;
    const { mAP, classes } = JSON.parse(stdout) as { mAP: number; classes: Record<string, { ap: number }> };
    expect(mAP).toBe(1);
    expect(Object.keys(classes).sort()).toEqual([...names].sort());
    for (const { ap } of Object.values(classes)) expect(ap).toBe(1);
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('&#60;img src=x onerror=alert(3)&#62;');
    expectHarmless(html);
  });

  it('are texts in what retinanet show draws', async () => {
    const argv = ['show', '--voc', voc, '--set', '2007/test', '--image-size', '320', '--out', join(folder, 'shown')];
    expect(await runCommands({ ...retinanetProgram, argv, stdout: silent, stderr: silent })).toBe(0);
    process.exitCode = undefined;
    const html = readFileSync(join(folder, 'shown/show.html'), 'utf8');
    expect(html).toContain('&#60;img src=x onerror=alert(3)&#62;');
    expectHarmless(html);
  });

  it('are texts in the report of a training run', () => {
    const scores = names.map((name): [string, number] => [`AP/${name}`, 0.5]);
    const line = { kind: 'epoch', step: 1, epoch: 1, ...Object.fromEntries(scores) };
    const summary = {
      ...{ stoppedBy: 'finished', bestMetric: { name: names[0], mode: 'max' }, best: null, last: null, epochs: 1 },
      ...{ steps: 1, parameters: 1, imagesPerSecond: 1, peakRssBytes: 1, seconds: 1, device: names[1] },
      versions: { [names[2]]: names[2] },
    } as Summary;
    const config = { classNames: names, [names[0]]: names[1] };
    const html = trainingReport({ title: names[2], summary, lines: [line], config });
    expect(html).toContain('&#60;img src=x onerror=alert(3)&#62;');
    expectHarmless(html);
  });

  it('are drawn as texts on predicted images, control characters and halves of characters too', async () => {
    const image = join(voc, 'VOC2007/JPEGImages', `${imageId}.jpg`);
    const classNames = [...names, 'bell \u0007', 'half \ud800', 'not a character \uffff', ']]>', '</text></svg>'];
    const count = classNames.length;
    const boxes = Float32Array.from({ length: 4 * count }, (_, i) => [10, 30, 60, 80][i % 4]);
    const detections = {
      boxes,
      scores: new Float32Array(count).fill(0.9),
      classIds: Int32Array.from(classNames.keys()),
    };
    const out = join(folder, 'drawn.jpg');
    await writeDrawnImage(image, out, { size: { width: 160, height: 120 }, classNames, detections });
    expect((await sharp(out).metadata()).width).toBe(160);
  });

  it('lead to no file outside of the folder that is written to', async () => {
    const truth = {
      images: [{ id: 1, width: 160, height: 120, file_name: 'a.jpg' }],
      categories: [{ id: 1, name: '../../away' }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 9, 9], area: 81, iscrowd: 0 }],
    };
    const [groundTruth, results, out] = ['truth.json', 'results.json', 'deep/converted'].map((name) =>
      join(folder, name),
    );
    writeFileSync(groundTruth, JSON.stringify(truth));
    writeFileSync(results, JSON.stringify([{ image_id: 1, category_id: 1, bbox: [1, 1, 9, 9], score: 0.5 }]));
    let stderr = '';
    const streams = { stdout: silent, stderr: { write: (text: string) => (stderr += text) !== '' } };
    const argv = ['convert', '--to', 'voc', '--ground-truth', groundTruth, '--detections', results, '--out', out];
    expect(await vocEval(argv, streams)).toBe(2);
    process.exitCode = undefined;
    expect(stderr).toMatch(/class .*\.\.\/\.\.\/away/);
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('away'))).toEqual([]);
    expect(stderr).not.toContain('fault of the program');
  });
});
