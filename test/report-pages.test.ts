import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { trainingReport, type MetricsLine, type PageSection, type Summary } from '@featuremine/training';
import {
  createWorkerPool,
  detectionSamplesOf,
  makeShapesDevkit,
  openShapesClassification,
} from '@featuremine/vision-data';
import { openDevkit, readImageSet, writeDetections, type VocImageSet } from '@featuremine/voc';

import { chromium, type Browser } from 'playwright-core';
import { createNetwork } from '../packages/backbone-pretrain/src/create-network';
import { featureMining } from '../packages/backbone-pretrain/src/feature-mining/feature-mining';
import { cellFolder, summarise } from '../packages/backbone-pretrain/src/reproduce/compare';
import { compareSchema } from '../packages/backbone-pretrain/src/reproduce/compare-options';
import { comparisonPage } from '../packages/backbone-pretrain/src/reproduce/comparison-page';
import { examplesSection as classifierSection } from '../packages/backbone-pretrain/src/training-examples';
import type { ArmResult } from '../packages/retinanet/src/chain/arm-result';
import { planArms } from '../packages/retinanet/src/chain/arms';
import { compareResults } from '../packages/retinanet/src/chain/comparison';
import { writeReport } from '../packages/retinanet/src/chain/report';
import { main as retinanet } from '../packages/retinanet/src/cli';
import {
  chosenExamples,
  examplesSection as detectorSection,
  foundExample,
} from '../packages/retinanet/src/validation-examples';
import { main as vocEval } from '../packages/voc-eval/src/cli';
import { chromiumPath, contrast, coveringTexts, curveColours, seenTexts } from './support/page-look';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'report-pages-'));
afterAll(() => rmSync(folder, { recursive: true }));
const silent = { write: () => true };

/** Metrics of a run, as metrics.jsonl has them. */
function metricsLines(): MetricsLine[] {
  const steps = Array.from({ length: 40 }, (_, i) => ({
    kind: 'step',
    step: 20 * (i + 1),
    epoch: 1 + Math.floor(i / 10),
    'train/loss': 2 / (i + 1),
    learningRate: 0.01 * (1 - i / 40),
    imagesPerSecond: 20 + (i % 3),
  }));
  const epochs = [1, 2, 3, 4].map((epoch) => ({ kind: 'epoch', step: 200 * epoch, epoch, mAP: 0.2 * epoch }));
  return [...steps, ...epochs];
}

const finishedSummary: Summary = {
  stoppedBy: 'finished',
  bestMetric: { name: 'mAP', mode: 'max' },
  best: { epoch: 4, metrics: { mAP: 0.8 } },
  last: null,
  epochs: 4,
  steps: 800,
  parameters: 32_000_000,
  imagesPerSecond: 21,
  peakRssBytes: 2 ** 31,
  seconds: 7000,
  ranks: 1,
  device: 'CPU (a processor with a name of many words, 2 threads)',
  versions: { node: '20.20.2', tensorflow: '2.21.0', featuremine: '0.1.0', commit: 'a'.repeat(40) },
};

function trainingPage(name: string, examples: PageSection): string {
  const path = join(folder, `${name}.html`);
  const config = { voc: '/'.padEnd(200, 'folder/'), classes: Array.from({ length: 20 }, (_, i) => `class-${i}`) };
  const title = `Training run ${'long-'.repeat(30)}`;
  writeFileSync(path, trainingReport({ title, summary: finishedSummary, lines: metricsLines(), config, examples }));
  return path;
}

/** Validation images with what was found in them: their objects, of another class each, and none in the first image. */
function detectorExamples({ images, classNames }: VocImageSet): Promise<PageSection> {
  const samples = detectionSamplesOf(images);
  const found = chosenExamples(samples, 0).map((image, place) => {
    const { id, labels, boxes } = samples[image];
    const classIds = labels.map((label) => (label + 1) % classNames.length);
    const scores = Float32Array.from(labels, (_, i) => (place === 0 ? 0.1 : 0.9) / (i + 1));
    return foundExample({ image, id, detections: { classIds, scores, boxes } }, classNames);
  });
  return detectorSection({ images: found }, { samples, classNames });
}

/** Training images with the boxes of Feature Mining. */
async function classifierExamples(): Promise<PageSection> {
  const imageSize = 96;
  const dataset = openShapesClassification({ seed: 0, split: 'train', count: 20, imageSize });
  const classNames = dataset.classNames.map((name) => `${name}-with-a-name-that-is-longer-than-a-phone-is-wide`);
  const network = createNetwork('resnet18', { numClasses: classNames.length, stem: 32 });
  const pool = createWorkerPool({ workers: 0 });
  try {
    return await classifierSection({
      training: { dataset: { ...dataset, classNames }, imageSize, transform: { crop: { kind: 'stretch' } } },
      mining: featureMining(network, { stages: 2, imageSize }),
      pool,
      seed: 0,
    });
  } finally {
    await pool.close();
  }
}

/** The three arms of a chain with two seeds, with the images of a set as what was found. */
async function chainPage({ images, classNames }: VocImageSet): Promise<string> {
  const out = join(folder, 'chain');
  mkdirSync(out);
  const arms = planArms({ compare: true, seeds: 2, out });
  for (const arm of arms) {
    for (const part of ['backbone', 'detector']) {
      mkdirSync(join(arm.folder, part), { recursive: true });
      const lines = metricsLines().map((line) => JSON.stringify(line));
      writeFileSync(join(arm.folder, part, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    }
  }
  const shown = images.map(({ imagePath, widthPx: width, heightPx: height, objects }) => {
    const boxes = objects.flatMap(({ box }) => [...box]);
    const classIds = objects.map(({ classId }) => classId);
    return {
      ...{ imagePath, width, height, groundTruth: { labels: classIds, boxes } },
      detections: { classIds, boxes, scores: classIds.map((_, i) => 1 - i / 10) },
    };
  });
  const classes = Object.fromEntries(classNames.map((name) => [name, { ap: 0.5, groundTruths: 4, detections: 9 }]));
  const results = arms.map(({ name, seed }): ArmResult => {
    const scores = { AP50: 0.6 + seed / 10, AP75: 0.4, AP: 0.35, mAP: 0.6 };
    const curves = classNames.map((className) => ({
      className,
      ap: 0.5,
      recall: [0, 0.5, 1],
      precision: [1, 0.8, 0.3],
    }));
    return { arm: name, seed, scores, voc07: { mAP: 0.6, classes } as unknown as ArmResult['voc07'], curves, shown };
  });
  return writeReport({ title: 'Demo: shapes', out, arms, chain: { results, comparison: compareResults(results) } });
}

/** Two runs, by their folders; the names of options and runs are long. */
async function runsPage(): Promise<string> {
  const path = join(folder, 'compared-runs.html');
  const paths = ['first-run', 'second-run-with-a-name-that-is-longer-than-a-phone-is-wide'].map((name, i) => {
    const run = join(folder, name);
    mkdirSync(run);
    const config = { lr: 0.01 * (i + 1), classes: Array.from({ length: 20 * (i + 1) }, (_, c) => `class-${c}`) };
    writeFileSync(join(run, 'config.json'), JSON.stringify(config));
    writeFileSync(join(run, 'summary.json'), JSON.stringify(finishedSummary));
    const lines = metricsLines().map((line) => JSON.stringify(line));
    writeFileSync(join(run, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    return run;
  });
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const code = await retinanet(['compare-runs', ...paths, '--report', path]);
  write.mockRestore();
  expect(code).toBe(0);
  return path;
}

/** Two arms with three seeds. */
function armsPage(): string {
  const out = join(folder, 'arms');
  const lines = metricsLines().map((line) => JSON.stringify({ ...line, top1: line['mAP'] }));
  const trained = { bestEpoch: 3, last: 0.79, epochs: 4, steps: 800, seconds: 9, numClasses: 10, trainImages: 200 };
  const cells = [0, 1, 2].map((seed) => ({ ...trained, seed, best: 0.8 + seed / 100, testImages: 50 }));
  const names = ['plain', 'mined-with-a-name-that-is-longer-than-a-phone-is-wide-and-has-no-blank'];
  for (const arm of names) {
    for (const { seed } of cells) {
      mkdirSync(cellFolder(out, arm, seed), { recursive: true });
      writeFileSync(join(cellFolder(out, arm, seed), 'metrics.jsonl'), `${lines.join('\n')}\n`);
    }
  }
  const options = compareSchema.parse({
    out,
    arms: Object.fromEntries(names.map((arm) => [arm, { featureMining: 2 }])),
  });
  const path = join(out, 'report.html');
  writeFileSync(path, comparisonPage(summarise(new Map(names.map((arm) => [arm, cells])), 'plain'), options));
  return path;
}

/** Detections beside the objects of a set, some of another class. */
async function detectionPage(voc: string, { images, classNames }: VocImageSet): Promise<string> {
  const objects = images.flatMap((image, imageIndex) => image.objects.map((object) => ({ ...object, imageIndex })));
  const detections = join(folder, 'detections');
  writeDetections({
    folder: detections,
    set: 'test',
    detections: {
      classNames,
      imageIds: images.map(({ id }) => id),
      imageIndex: objects.map(({ imageIndex }) => imageIndex),
      classIndex: objects.map(({ classId }, i) => (i % 3 === 0 ? (classId + 1) % classNames.length : classId)),
      scores: objects.map((_, i) => 1 - i / (2 * objects.length)),
      boxes: objects.flatMap(({ box: [x1, y1, x2, y2] }, i) => [x1, y1, x2 - (i % 2) * 20, y2]),
    },
  });
  const path = join(folder, 'detections.html');
  const flags = ['--voc', voc, '--set', '2007/test', '--detections', detections, '--report', path, '--bootstrap', '20'];
  expect(await vocEval(['run', ...flags], { stdout: silent, stderr: process.stderr })).toBe(0);
  return path;
}

async function comparedPage(voc: string): Promise<string> {
  const path = join(folder, 'compared.html');
  const both = [join(folder, 'detections'), join(folder, 'detections')];
  const flags = ['--voc', voc, '--set', '2007/test', '--report', path, '--bootstrap', '20'];
  expect(await vocEval(['compare', ...both, ...flags], { stdout: silent, stderr: process.stderr })).toBe(0);
  return path;
}

async function dataPage(voc: string): Promise<string> {
  const out = join(folder, 'shown');
  const flags = ['--voc', voc, '--set', '2007/test', '--image-size', '128', '--limit', '6', '--out', out];
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const code = await retinanet(['show', ...flags]);
  write.mockRestore();
  expect(code).toBe(0);
  return join(out, 'show.html');
}

const PAGES = ['detector', 'classifier', 'runs', 'arms', 'chain', 'detections', 'compared', 'data'] as const;

const CHARTS: ReadonlySet<string> = new Set(['detector', 'classifier', 'runs', 'arms', 'chain', 'detections']);

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('a report', () => {
  let browser: Browser;
  const paths: Partial<Record<(typeof PAGES)[number], string>> = {};

  beforeAll(async () => {
    const voc = join(folder, 'VOCdevkit');
    const classNames = ['circle', 'square', 'half-disc', 'triangle'];
    await makeShapesDevkit({ folder: voc, seed: 2, counts: { test: 8 }, classNames, imageSides: [128, 160] });
    const set = readImageSet(openDevkit(voc), '2007/test', { classes: classNames });
    paths.detector = trainingPage('detector', await detectorExamples(set));
    paths.classifier = trainingPage('classifier', await classifierExamples());
    paths.runs = await runsPage();
    paths.arms = armsPage();
    paths.chain = await chainPage(set);
    paths.detections = await detectionPage(voc, set);
    paths.compared = await comparedPage(voc);
    paths.data = await dataPage(voc);
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  describe.each(PAGES)('on %s', (name) => {
    it.each([
      [375, 'light'],
      [375, 'dark'],
      [1280, 'light'],
      [1280, 'dark'],
    ] as const)('fits %i px and is read easily in %s, alone', async (width, colorScheme) => {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme,
        isMobile: width < 400,
      });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => faults.push(message.text()));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) faults.push(request.url());
      });
      await page.goto(pathToFileURL(paths[name]!).href);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const texts = await seenTexts(page);
      expect(texts.length).toBeGreaterThan(20);
      expect(texts.filter(({ text, back }) => contrast(text, back) < 4.5)).toEqual([]); // WCAG AA
      expect(await coveringTexts(page)).toEqual([]);
      const curves = await curveColours(page);
      expect(curves.length).toBeGreaterThanOrEqual(CHARTS.has(name) ? 1 : 0);
      expect(curves.filter(({ curve, back }) => contrast(curve, back) < 3)).toEqual([]); // WCAG 1.4.11
      const isLight = contrast(texts[0].back, [255, 255, 255]) < 1.5;
      expect(isLight).toBe(colorScheme === 'light');
      expect(faults).toEqual([]);
      await context.close();
    });
  });

  it('is one file', () => {
    expect(readdirSync(join(folder, 'shown'))).toEqual(['show.html']);
  });
});
