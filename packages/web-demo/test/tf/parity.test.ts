import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetinaNet } from '@featuremine/retinanet';
import type { DetectorConfig } from '@featuremine/retinanet';
import type { FoundObject } from '@featuremine/retinanet/browser';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { runCli } from '../../../retinanet/test/tf/run-cli';
import { saveUntrainedDetector } from '../../../retinanet/test/tf/saved-detector';
import { buildSite } from '../../src/build-site';
import { readExportedModel } from '../../src/exported-model';
import type { ExportedModel } from '../../src/exported-model';
import { ChromiumSite, chromiumPath, detectOnPage, waitForSummary } from '../support/chromium-page';
import { objectDifference } from '../support/same-objects';
import { smallArchitecture } from '../../../retinanet/test/small-architecture';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'web-demo-parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A run of an untrained detector, whose many odd objects show a difference sooner than a trained one's few. */
function untrainedRun(name: string, weights: string, parts: Pick<DetectorConfig, 'resize' | 'pixels'>): string {
  const run = join(folder, name);
  mkdirSync(run);
  linkSync(weights, join(run, 'weights.safetensors'));
  const detector = {
    classNames: ['a', 'b'],
    architecture: smallArchitecture(),
    ...parts,
  };
  writeFileSync(join(run, 'config.json'), JSON.stringify({ detector }));
  return run;
}

async function exported(run: string): Promise<ExportedModel> {
  const out = `${run}-exported`;
  const { exitCode, stderr } = await runCli('export', '--run', run, '--format', 'tfjs', '--out', out, '--json');
  if (exitCode !== 0) throw new Error(stderr);
  return readExportedModel(out);
}

/** Pictures that are much larger, somewhat larger and smaller than the networks' input; large ones as PNG only. */
async function pictures(): Promise<string[]> {
  const kinds = [
    ['png', [560, 640]],
    ['png', [150, 220]],
    ['png', [70, 90]],
    ['jpeg', [150, 220]],
    ['jpeg', [300, 340]], // less than three times as large, from where on Node leaves out frequencies
  ] as const;
  const found: string[] = [];
  for (const [format, imageSides] of kinds) {
    const devkit = join(folder, `pictures-${format}-${imageSides[0]}`);
    await makeShapesDevkit({ folder: devkit, seed: 5, counts: { train: 1 }, imageSides, format });
    found.push(join(devkit, 'VOC2007', 'JPEGImages', `000001.${format === 'jpeg' ? 'jpg' : 'png'}`));
  }
  return found;
}

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('an exported detector in Chromium', () => {
  const cases: readonly (readonly [string, Pick<DetectorConfig, 'resize' | 'pixels'>])[] = [
    ['smooth', { resize: { kind: 'longest-side', size: 128 }, pixels: 'uint8' }],
    ['as torchvision', { resize: { kind: 'min-max', minSize: 96, maxSize: 160 }, pixels: 'float32' }],
  ];
  const runs = new Map<string, string>();
  let files: string[];
  let site: ChromiumSite | undefined;
  beforeAll(async () => {
    files = await pictures();
    const models: ExportedModel[] = [];
    const weights = saveUntrainedDetector(folder);
    for (const [name, parts] of cases) {
      runs.set(name, untrainedRun(name, weights, parts));
      models.push(await exported(runs.get(name)!));
    }
    await buildSite({ folder: join(folder, 'site'), models, examples: [] });
    site = await ChromiumSite.open(join(folder, 'site'));
  });
  afterAll(() => site?.close());

  it.each(cases)('finds what the detector finds in Node: pixels resized %s', async (name) => {
    const detector = await RetinaNet.load(runs.get(name)!);
    const expected: (readonly FoundObject[])[] = [];
    for (const file of files) expected.push((await detector.detect(file)).detections);
    await detector.close();
    const { page, faults } = await site!.page('?backend=wasm');
    await waitForSummary(page, /Ready/);
    await page.getByLabel('Detector').selectOption({ index: cases.findIndex(([each]) => each === name) });
    await waitForSummary(page, /Ready/);
    for (const [i, file] of files.entries()) {
      const found = await detectOnPage(page, file);
      expect(found.length).toBeGreaterThan(100);
      const { unpaired, score, boxPx } = objectDifference(expected[i], found);
      expect(unpaired).toBe(0);
      expect(score).toBeLessThan(1e-3);
      expect(boxPx).toBeLessThan(0.5);
    }
    expect(faults).toEqual([]);
  });
});
