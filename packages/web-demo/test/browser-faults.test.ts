import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ChromiumSite, chromiumPath, detectOnPage, waitForSummary } from './support/chromium-page';
import { buildTinySite, type TinySite } from './support/tiny-site';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'web-demo-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface ModelJson {
  modelTopology: { node: { op: string }[] };
  userDefinedMetadata: { classNames: string[] };
}

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('the page', () => {
  let tiny: TinySite;
  let site: ChromiumSite | undefined;
  const served = join(folder, 'served');
  const inModel = (name: string): string => join(served, 'models/1', name);
  const weights = 'group1-shard1of1.bin';
  beforeAll(async () => {
    tiny = await buildTinySite(folder);
    cpSync(tiny.folder, served, { recursive: true });
    site = await ChromiumSite.open(served);
  });
  afterAll(() => site?.close());
  // Each case damages the served site.
  beforeEach(() => cpSync(tiny.folder, served, { recursive: true, force: true }));

  async function problemOf(page: Page): Promise<string> {
    const alert = page.getByRole('alert');
    await alert.waitFor();
    return (await page.locator('#problem-text').textContent())!;
  }

  function changeModel(change: (model: ModelJson) => void): void {
    const model = JSON.parse(readFileSync(inModel('model.json'), 'utf8')) as ModelJson;
    change(model);
    writeFileSync(inModel('model.json'), JSON.stringify(model));
  }

  it.each<[string, () => void, RegExp]>([
    [
      'a model that is not there',
      () => rmSync(inModel('model.json')),
      /^http.*models\/1\/model\.json: the server has no such file \(404\)\. .*web-demo build\.$/,
    ],
    [
      'a model.json that is none',
      () => writeFileSync(inModel('model.json'), '<!doctype html>'),
      /^models\/1\/model\.json: it is no graph model of tfjs\. .*retinanet export/,
    ],
    ['an empty model.json', () => writeFileSync(inModel('model.json'), '{}'), /it is no graph model of tfjs/],
    ['missing weights', () => rmSync(inModel(weights)), /^group1-shard1of1\.bin: the server has no such file \(404\)/],
    [
      'weights that are cut off',
      () => truncateSync(inModel(weights), 1000),
      /^the weights of models\/1\/model\.json: 1000 bytes, expected \d+\. A \.bin file is cut off/,
    ],
    [
      'an op that no browser knows',
      () => changeModel(({ modelTopology }) => (modelTopology.node.find(({ op }) => op === 'Reshape')!.op = 'Sing')),
      /^the model: tfjs does not run it \(.*Sing.*retinanet export/,
    ],
    [
      'a broken list of models',
      () => writeFileSync(join(served, 'content.json'), '<'),
      /^content\.json: .*web-demo build/,
    ],
    ['no worker', () => rmSync(join(served, 'worker.js')), /^The worker did not start: the site may lack files/],
    ['no wasm', () => rmSync(join(served, 'wasm'), { recursive: true }), /^WebAssembly does not start/],
  ])('says what is wrong with %s', async (_what, damage, message) => {
    damage();
    const { page } = await site!.page('?backend=wasm');
    expect(await problemOf(page)).toMatch(message);
    expect(await page.getByRole('status').textContent()).toBe('That did not work.');
  });

  it('shows names of classes as texts, and runs nothing that stands in them', async () => {
    const names = ['<img src=x onerror=alert(1)>', '"><svg onload=alert(2)>', '__proto__'];
    changeModel(({ userDefinedMetadata }) => (userDefinedMetadata.classNames = names));
    const { page, faults } = await site!.page('?backend=wasm');
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await waitForSummary(page, /^Ready/);
    const found = await detectOnPage(page, tiny.picture);
    expect(new Set(found.map((object) => object.class))).toEqual(new Set(names));
    expect(await page.locator('.label').first().textContent()).toContain(found[0].class);
    expect(await page.locator('#frame img, #results img, #model-facts img, svg[onload]').count()).toBe(1); // the picture
    expect([dialogs, faults]).toEqual([[], []]);
  });

  it('goes on with the user’s own model where the site has none', async () => {
    rmSync(join(served, 'content.json'));
    const { page } = await site!.page('?backend=wasm');
    await waitForSummary(page, /^Open the files of a model to begin/);
    const files = page.getByLabel('Open model files…');
    await files.setInputFiles([join(tiny.model, 'model.json')]);
    expect(await problemOf(page)).toMatch(/^group1-shard1of1\.bin: it is not among the files that you picked/);
    await files.setInputFiles([join(tiny.model, 'model.json'), join(tiny.model, weights)]);
    await waitForSummary(page, /^Ready/);
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect((await detectOnPage(page, tiny.picture)).length).toBeGreaterThan(20);
  });

  it.each([
    ['none', [], /^No camera was found/],
    ['one that is not allowed', ['--use-fake-device-for-media-stream'], /^The camera was not allowed/],
  ])('says so when it wants a camera and there is %s', async (_what, args, message) => {
    const other = await ChromiumSite.open(served, args);
    try {
      const { page } = await other.page('?backend=wasm');
      await waitForSummary(page, /^Ready/);
      await page.getByRole('button', { name: 'Use the camera' }).click();
      expect(await problemOf(page)).toMatch(message);
      expect((await detectOnPage(page, tiny.picture)).length).toBeGreaterThan(20);
    } finally {
      await other.close();
    }
  });
});
