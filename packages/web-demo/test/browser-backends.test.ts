import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ChromiumSite, chromiumPath, detectOnPage, waitForSummary } from './support/chromium-page';
import { objectDifference } from './support/same-objects';
import { buildTinySite, type TinySite } from './support/tiny-site';

jest.setTimeout(120_000);

/** A graphics processor in software, which Chromium brings along. */
const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const folder = mkdtempSync(join(tmpdir(), 'web-demo-backends-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The size of a script and of all that it imports at once. */
function scriptBytes(file: string): number {
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/from"(\.\/[^"]+)"/g)].map(([, name]) => join(dirname(file), name));
  return text.length + imported.reduce((sum, path) => sum + scriptBytes(path), 0);
}

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('what computes the network', () => {
  let tiny: TinySite;
  beforeAll(async () => {
    tiny = await buildTinySite(folder);
  });

  async function withChromium(args: readonly string[], work: (site: ChromiumSite) => Promise<void>): Promise<void> {
    const site = await ChromiumSite.open(tiny.folder, args);
    try {
      await work(site);
    } finally {
      await site.close();
    }
  }

  it('is WebGPU where there is one, which finds what WebAssembly finds', async () => {
    await withChromium(SOFTWARE_GPU, async (site) => {
      const found = [];
      for (const [query, name] of [
        ['', 'WebGPU'],
        ['?backend=wasm', 'WebAssembly'],
      ] as const) {
        const { page } = await site.page(query);
        await waitForSummary(page, /^Ready/);
        expect(await page.locator('#model-facts').textContent()).toContain(`Runs on${name}`);
        found.push(await detectOnPage(page, tiny.picture));
      }
      const { unpaired, score, boxPx } = objectDifference(found[0], found[1]);
      expect(found[0].length).toBeGreaterThan(20);
      expect(unpaired).toBe(0);
      expect(score).toBeLessThan(1e-3);
      expect(boxPx).toBeLessThan(0.5);
    });
  });

  it('is WebAssembly where there is no graphics processor, and the page says why if WebGPU was asked for', async () => {
    await withChromium([], async (site) => {
      const { page } = await site.page('?backend=webgpu');
      await waitForSummary(page, /^Ready/);
      const facts = page.locator('#model-facts');
      expect(await facts.textContent()).toMatch(/Runs onWebAssembly.*WebGPU is not used: .*graphics processor/);
      await page.getByLabel('Computed by').selectOption('wasm');
      await facts
        .filter({ hasText: /^(?!.*WebGPU is not used)/ })
        .filter({ hasText: 'WebAssembly' })
        .waitFor();
      expect((await detectOnPage(page, tiny.picture)).length).toBeGreaterThan(20);
    });
  });

  it('is a worker: the page itself holds no tfjs', async () => {
    await withChromium([], async (site) => {
      const { page } = await site.page('?backend=wasm');
      await waitForSummary(page, /^Ready/);
      expect(page.workers().map((worker) => worker.url())).toContain(`${site.url}worker.js`);
      expect(scriptBytes(join(tiny.folder, 'page.js'))).toBeLessThan(50_000);
      expect(scriptBytes(join(tiny.folder, 'worker.js'))).toBeGreaterThan(500_000);
    });
  });
});
