import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { contrast, seenTexts } from '../../../test/support/page-look';
import {
  ChromiumSite,
  chromiumPath,
  detectOnPage,
  setThreshold,
  shownBoxes,
  waitForSummary,
} from './support/chromium-page';
import { buildTinySite } from './support/tiny-site';

jest.setTimeout(60_000);

const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const folder = mkdtempSync(join(tmpdir(), 'web-demo-browser-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('the page in Chromium', () => {
  let model: string;
  let picture: string;
  let site: ChromiumSite | undefined;
  beforeAll(async () => {
    const tiny = await buildTinySite(folder);
    ({ model, picture } = tiny);
    site = await ChromiumSite.open(tiny.folder, CAMERA);
  });
  afterAll(() => site?.close());

  /** A page whose model is ready. */
  async function ready(options = {}): Promise<{ page: Page; faults: string[] }> {
    const opened = await site!.page('?backend=wasm', options);
    await waitForSummary(opened.page, /^Ready/);
    return opened;
  }

  it('finds objects in a picture that is chosen, and loads nothing from elsewhere', async () => {
    const { page, faults } = await ready();
    const all = await detectOnPage(page, picture);
    expect(all.length).toBeGreaterThan(20);
    expect(all.every(({ box }) => box[0] >= 0 && box[1] >= 0 && box[2] <= 200 && box[3] <= 120)).toBe(true);
    expect(await page.getByRole('img', { name: 'picture.png' }).isVisible()).toBe(true);
    expect(await page.getByRole('row').allTextContents()).toEqual(
      ['Decode', 'Resize', 'Network', 'Post-processing', 'Together'].map(
        (stage) => expect.stringMatching(new RegExp(`^${stage}[\\d.]+ ms$`)) as string,
      ),
    );
    expect(faults).toEqual([]);
  });

  it('shows the objects from the least score on, and says how many', async () => {
    const { page } = await ready();
    const all = await detectOnPage(page, picture);
    const percent = Math.ceil(100 * all[Math.floor(all.length / 2)].score);
    await setThreshold(page, percent);
    const shown = await shownBoxes(page);
    expect(shown).toEqual(all.filter(({ score }) => score >= percent / 100));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(all.length);
    expect(await waitForSummary(page, /below/)).toContain(`${shown.length} object`);
    expect(await page.getByRole('slider', { name: 'Least score shown' }).getAttribute('aria-valuetext')).toBe(
      `${percent} percent`,
    );
    expect(
      await page
        .getByRole('list')
        .getByRole('button', { name: /ring|cross|triangle/ })
        .count(),
    ).toBe(shown.length);
  });

  it('finds the same in a picture that is dropped, pasted, or an example', async () => {
    const { page } = await ready();
    const expected = await detectOnPage(page, picture);
    const bytes = readFileSync(picture).toString('base64');
    for (const way of ['drop', 'paste']) {
      await page.reload();
      await waitForSummary(page, /^Ready/);
      await page.evaluate(
        async ([kind, text]) => {
          const blob = await (await fetch('examples/1.png')).blob();
          if (blob.size !== atob(text).length) throw new Error('another picture');
          const transfer = new DataTransfer();
          transfer.items.add(new File([blob], 'a.png', { type: 'image/png' }));
          const event =
            kind === 'drop'
              ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true })
              : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true });
          document.body.dispatchEvent(event);
        },
        [way, bytes],
      );
      await waitForSummary(page, /object/);
      await setThreshold(page, 0);
      expect(await shownBoxes(page)).toEqual(expected);
    }
    await page.reload();
    await waitForSummary(page, /^Ready/);
    await page.getByRole('button', { name: 'Example 1' }).click();
    await waitForSummary(page, /object/);
    await setThreshold(page, 0);
    expect(await shownBoxes(page)).toEqual(expected);
  });

  it('watches the camera until it is stopped', async () => {
    const { page, faults } = await ready({ permissions: ['camera'] });
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await waitForSummary(page, /object/);
    const before = await page
      .locator('.box')
      .first()
      .evaluate((box) => ((box as HTMLElement).id = 'old'));
    await page.locator(`#${before}`).waitFor({ state: 'detached' }); // the next frame has boxes of its own
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Use the camera' }).waitFor();
    await page.getByRole('img', { name: 'A picture from the camera' }).waitFor();
    await waitForSummary(page, /object/);
    expect(faults).toEqual([]);
  });

  it('takes the files of a model, and says what is wrong with other ones', async () => {
    const { page } = await ready();
    const expected = await detectOnPage(page, picture);
    const files = page.getByLabel('Open model files…');
    await files.setInputFiles([join(model, 'group1-shard1of1.bin'), join(model, 'model.json')]);
    await page.getByRole('combobox', { name: 'Detector' }).filter({ hasText: 'From your files' }).waitFor();
    await waitForSummary(page, /object/);
    expect(await shownBoxes(page)).toEqual(expected);
    await files.setInputFiles([join(model, 'group1-shard1of1.bin')]);
    await page.getByRole('alert').filter({ hasText: 'Pick one model.json together with' }).waitFor();
    mkdirSync(join(folder, 'other'), { recursive: true });
    const json = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'other', 'model.json'), JSON.stringify({ ...json, userDefinedMetadata: {} }));
    await files.setInputFiles([join(folder, 'other', 'model.json'), join(model, 'group1-shard1of1.bin')]);
    await page.getByRole('alert').filter({ hasText: 'expected a detector. Export a trained detector' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('alert').isVisible()).toBe(false);
  });

  it('says that a file is no picture, and goes on with the next', async () => {
    const { page } = await ready();
    const text = join(folder, 'text.png');
    writeFileSync(text, 'no picture');
    await page.getByLabel('Choose a picture').setInputFiles(text);
    await page.getByRole('alert').filter({ hasText: 'no picture that the browser can read' }).waitFor();
    expect((await detectOnPage(page, picture)).length).toBeGreaterThan(20);
    expect(await page.getByRole('alert').isVisible()).toBe(false);
  });

  it('is used by keyboard alone, in the order of the page', async () => {
    const { page } = await ready();
    const focused: string[] = [];
    const withoutRing: string[] = [];
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      const { name, hasRing } = await page.evaluate(() => {
        const { id, textContent, nextElementSibling } = document.activeElement!;
        // The inputs of files are not seen; their labels show that they have the focus.
        const seen = [document.activeElement, nextElementSibling].filter((element) => element !== null);
        const hasRing = seen.some((element) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2;
        });
        return { name: id || textContent, hasRing };
      });
      focused.push(name);
      if (!hasRing && i < 7) withoutRing.push(name);
    }
    const inOrder = ['file', 'camera', '', 'threshold', 'model', 'backend', 'model-files'];
    expect(focused.slice(0, 7)).toEqual(inOrder);
    expect(withoutRing).toEqual([]);
    await page.getByRole('button', { name: 'Example 1' }).focus();
    await page.keyboard.press('Enter');
    await waitForSummary(page, /object/);
    await page.getByRole('slider').focus();
    const threshold = Number(await page.getByRole('slider').inputValue());
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('slider').inputValue()).toBe(String(threshold - 1));
    await page.keyboard.press('Tab');
    expect(await page.locator('.box').first().getAttribute('class')).toContain('chosen');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(outline).toBe('solid');
  });

  it('gives every control a name', async () => {
    const { page } = await ready();
    await detectOnPage(page, picture);
    for (const role of ['button', 'combobox', 'slider', 'img'] as const) {
      const all = await page.getByRole(role).count();
      expect(all).toBeGreaterThan(0);
      expect(await page.getByRole(role, { name: /\w/ }).count()).toBe(all);
    }
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('status').getAttribute('aria-live')).toBe('polite');
  });

  it.each(['light', 'dark'] as const)('is read easily in %s', async (colorScheme) => {
    const { page } = await ready({ colorScheme });
    await detectOnPage(page, picture);
    const texts = await seenTexts(page);
    expect(texts.length).toBeGreaterThan(20);
    const faint = texts.filter(({ text, back }) => contrast(text, back) < 4.5); // WCAG AA
    expect(faint).toEqual([]);
    const page1 = texts.find(({ content }) => content === 'Object detector')!;
    expect(contrast(page1.back, [255, 255, 255]) < 1.5).toBe(colorScheme === 'light');
  });

  // 320 px is also what is left of 1280 at a magnification of 400 %.
  it.each([1280, 390, 320])('fits a width of %i px without scrolling sideways', async (width) => {
    const isPhone = width < 400;
    const { page } = await ready({ viewport: { width, height: 844 }, isMobile: isPhone, hasTouch: isPhone });
    await detectOnPage(page, picture);
    const { scroll, inner, small } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      inner: innerWidth,
      // Fingers need 40 px.
      small: [...document.querySelectorAll('.button, select, .result')].filter(
        (control) => control.getBoundingClientRect().height < 40 && control.getBoundingClientRect().height > 0,
      ).length,
    }));
    expect({ scroll, inner }).toEqual({ scroll: width, inner: width });
    if (isPhone) expect(small).toBe(0);
  });
});
