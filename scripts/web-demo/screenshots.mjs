// node scripts/web-demo/screenshots.mjs SITE EXAMPLE: pictures of the page for docs/images, from a site that
// `web-demo build` wrote; EXAMPLE is the number of the example that they show. Needs Chromium.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveSite } from '@featuremine/web-demo';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const [folder, example = '1'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node scripts/web-demo/screenshots.mjs SITE [EXAMPLE]\n');
  process.exit(2);
}
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
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
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
