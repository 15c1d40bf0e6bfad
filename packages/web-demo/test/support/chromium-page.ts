import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FoundObject } from '@featuremine/retinanet/browser';
import { serveSite } from '../../src/site-server';
import type { SiteServer } from '../../src/site-server';

/** Where Chromium is; undefined, with a line that says so, where there is none. */
export const chromiumPath =
  process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (chromiumPath === undefined) process.stderr.write('skipped: no Chromium here; install chromium, or set CHROMIUM\n');

/** Chromium with a site. */
export class ChromiumSite {
  private constructor(
    private readonly server: SiteServer,
    private readonly browser: Browser,
  ) {}

  static async open(folder: string, args: readonly string[] = []): Promise<ChromiumSite> {
    const server = await serveSite({ folder, port: 0, host: '127.0.0.1' });
    const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', ...args] });
    return new ChromiumSite(server, browser);
  }

  get url(): string {
    return this.server.url;
  }

  /** A page whose model is ready; `faults` gathers what the browser complained about, and requests to elsewhere. */
  async page(query = '', options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
    const context = await this.browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url().replace(/^blob:/, '')).origin !== new URL(this.url).origin) faults.push(request.url());
    });
    await page.goto(this.url + query);
    return { page, faults };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/** Waits until the summary says something that fits. */
export async function waitForSummary(page: Page, pattern: RegExp): Promise<string> {
  const summary = page.getByRole('status');
  await summary.filter({ hasText: pattern }).waitFor({ timeout: 60_000 });
  return (await summary.textContent()) ?? '';
}

/** Chooses a picture, and resolves to all objects that the page found in it, unrounded. */
export async function detectOnPage(page: Page, picture: string): Promise<FoundObject[]> {
  await page.getByLabel('Choose a picture').setInputFiles(picture);
  await waitForSummary(page, /object|Nothing|work/);
  await setThreshold(page, 0);
  return shownBoxes(page);
}

/** Moves the slider, in percent; it stops at its ends. */
export async function setThreshold(page: Page, percent: number): Promise<void> {
  await page
    .getByRole('slider')
    .fill(String(Math.max(percent, Number(await page.getByRole('slider').getAttribute('min')))));
}

/** The boxes that are drawn now. */
export function shownBoxes(page: Page): Promise<FoundObject[]> {
  return page.locator('.box').evaluateAll((boxes) =>
    boxes.map((box) => {
      const { dataset } = box as HTMLElement;
      const [x1, y1, x2, y2] = dataset['box']!.split(' ').map(Number);
      return { class: dataset['class']!, score: Number(dataset['score']), box: [x1, y1, x2, y2] as const };
    }),
  );
}
