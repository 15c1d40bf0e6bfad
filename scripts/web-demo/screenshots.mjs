// node scripts/web-demo/screenshots.mjs SITE [--example N]: pictures of the page for docs/images, from a site that
// `web-demo build` wrote. Needs Chromium.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveSite } from '@featuremine/web-demo';
import sharp from 'sharp';
import { z } from 'zod';
import { openChromium } from '../open-chromium.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';

const { site: folder, example } = await scriptFlags({
  summary: 'Pictures of the web demo’s page, into docs/images',
  examples: ['node scripts/web-demo/screenshots.mjs site --example 2'],
  words: { key: 'site', describe: 'SITE' },
  flags: {
    site: z.string().describe('Folder that web-demo build wrote'),
    example: wholeNumber(1).default(1).describe('Number of the example that they show'),
  },
});
const out = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');
mkdirSync(out, { recursive: true });

const shots = [
  { name: 'web-demo-light', colorScheme: 'light', viewport: { width: 1120, height: 970 } },
  { name: 'web-demo-dark', colorScheme: 'dark', viewport: { width: 1120, height: 970 } },
  {
    name: 'web-demo-phone',
    colorScheme: 'light',
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  },
];
const server = await serveSite({ folder, port: 0, host: '127.0.0.1' });
const browser = await openChromium();
try {
  for (const { name, ...options } of shots) {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(`${server.url}?backend=wasm`);
    await page
      .getByRole('status')
      .filter({ hasText: /^Ready/ })
      .waitFor();
    await page.getByRole('button', { name: `Example ${example}`, exact: true }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /object|Nothing/ })
      .waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    const shot = await page.screenshot({ fullPage: name.endsWith('phone') });
    await sharp(shot)
      .webp({ quality: 80 })
      .toFile(join(out, `${name}.webp`));
  }
} finally {
  await browser.close();
  await server.close();
}
