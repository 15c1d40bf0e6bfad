import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DetectionSample } from '@featuremine/vision-data';
import sharp from 'sharp';
import { chosenExamples, examplesSection, foundExample, type FoundExamples } from '../src/validation-examples';

const folder = mkdtempSync(join(tmpdir(), 'validation-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));
const imagePath = join(folder, 'a.png');
beforeAll(async () => {
  await sharp({ create: { width: 200, height: 100, channels: 3, background: '#456' } })
    .png()
    .toFile(imagePath);
});

const classNames = ['cat', 'dog'];
const sample = (id: string, labels: number[]): DetectionSample => ({
  ...{ id, imagePath, width: 200, height: 100, labels: Int32Array.from(labels) },
  boxes: Float32Array.from(labels.flatMap((_, i) => [10 * i, 20, 10 * i + 40, 60])),
  isDifficult: new Uint8Array(labels.length),
});

const detections = (scores: number[]) => ({
  classIds: Int32Array.from(scores, (_, i) => i % 2),
  scores: Float32Array.from(scores),
  boxes: Float32Array.from(scores.flatMap((_, i) => [i, 1.26, 50 + i, 60])),
});
const example = (scores: number[], image = 0, id = 'a'): FoundExamples['images'][number] =>
  foundExample({ image, id, detections: detections(scores) }, classNames);
const captionsOf = (body: string): string[] => [...body.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map((m) => m[1]);

describe('chosenExamples', () => {
  it('draws six by the seed, and images without objects only where others are missing', () => {
    const samples = Array.from({ length: 40 }, (_, i) => ({ labels: Int32Array.from(i < 8 ? [0] : []) }));
    const chosen = chosenExamples(samples, 1);
    expect(new Set(chosen).size).toBe(6);
    expect(chosen.every((image) => image < 8)).toBe(true);
    expect(chosenExamples(samples, 1)).toEqual(chosen);
    expect([2, 3, 4, 5].map((seed) => chosenExamples(samples, seed).join())).toContainEqual(
      expect.not.stringMatching(chosen.join()),
    );
    const few = chosenExamples(samples.slice(5, 15), 1);
    expect(few).toHaveLength(6);
    expect(few).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(chosenExamples(samples.slice(0, 2), 1)).toEqual([0, 1]);
  });
});

describe('foundExample', () => {
  it('has the best detections, with names and rounded numbers', () => {
    const { sure, detections: kept } = example([0.31, 0.9, 0.29, 0.123456]);
    expect(sure).toBe(2);
    expect(kept).toEqual([
      { class: 'dog', score: 0.9, box: [1, 1.3, 51, 60] },
      { class: 'cat', score: 0.31, box: [0, 1.3, 50, 60] },
    ]);
  });

  it('has the best one where none is sure, and ten of many', () => {
    expect(example([0.05, 0.123456])).toMatchObject({ sure: 0, detections: [{ class: 'dog', score: 0.1235 }] });
    const many = example(Array.from({ length: 25 }, (_, i) => 0.4 + i / 100));
    expect([many.sure, many.detections.length]).toEqual([25, 10]);
    expect(example([])).toEqual({ image: 0, id: 'a', sure: 0, detections: [] });
  });
});

describe('examplesSection', () => {
  const samples = [sample('a', [0, 0, 1]), sample('b', [])];
  const section = async (found: unknown): Promise<string> =>
    (await examplesSection(found, { samples, classNames })).body;

  it('draws objects dashed and what was found solid, and counts both', async () => {
    const stored: unknown = JSON.parse(JSON.stringify({ images: [example([0.9, 0.4, 0.1])] }));
    const body = await section(stored);
    expect(captionsOf(body)).toEqual(['a: 2 × cat, dog; 2 found']);
    expect(body.match(/<rect /g)).toHaveLength(5);
    expect(body.match(/stroke-dasharray/g)).toHaveLength(3);
    expect([...body.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map((match) => match[1])).toEqual(['cat 0.90', 'dog 0.40']);
    expect(body).toContain('<image href="data:image/jpeg;base64,');
  });

  it('says what there is where nothing is sure', async () => {
    const many = example(Array.from({ length: 25 }, () => 0.5));
    const found = { images: [example([0.12]), example([], 1, 'b'), many] };
    expect(captionsOf(await section(found))).toEqual([
      'a: 2 × cat, dog; nothing sure (best: cat 0.12)',
      'b: no object; nothing found',
      'a: 2 × cat, dog; 25 found (the best 10 drawn)',
    ]);
    expect(await section(undefined)).toContain('No image was validated yet');
  });

  it('leaves out images that are no longer in the set', async () => {
    const found = { images: [example([0.9], 1, 'a'), example([0.9], 7, 'a'), example([0.9])] };
    expect(captionsOf(await section(found))).toHaveLength(1);
  });

  it('refuses what is no examples.json', async () => {
    await expect(section({ images: [{ image: 0 }] })).rejects.toThrow();
  });

  it('escapes names', async () => {
    const names = ['<img src=x onerror=alert(1)>', '"><b>'];
    const hostile = [sample('"><i onload=alert(2)>', [0, 1])];
    const found = foundExample({ image: 0, id: hostile[0].id, detections: detections([0.9, 0.8]) }, names);
    const { body } = await examplesSection({ images: [found] }, { samples: hostile, classNames: names });
    expect(body).not.toMatch(/<img|<b>|<i /);
    expect(body).toContain('&#60;img src=x onerror=alert(1)&#62; 0.90');
  });
});
