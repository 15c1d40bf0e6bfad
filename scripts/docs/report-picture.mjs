// node scripts/docs/report-picture.mjs RUN: docs/images/report-light.webp and report-dark.webp, the detections in the report
// of `npm run demo` (RUN is its folder, runs/demo). Needs Chromium (/usr/bin/chromium, or what CHROMIUM names).
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { z } from 'zod';
import { openChromium } from '../open-chromium.mjs';
import { scriptFlags } from '../script-flags.mjs';

const { run } = await scriptFlags({
  summary: 'Pictures of the demo’s report, into docs/images',
  examples: ['node scripts/docs/report-picture.mjs runs/demo'],
  words: { key: 'run', describe: 'RUN' },
  flags: { run: z.string().describe('Folder of npm run demo, runs/demo') },
});
const out = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');
const browser = await openChromium();
try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    await page.goto(pathToFileURL(resolve(run, 'report.html')).href);
    await page.getByRole('heading', { name: /^Detections/ }).evaluate((heading) => heading.scrollIntoView());
    const shot = await page.screenshot();
    await sharp(shot)
      .webp({ quality: 80 })
      .toFile(join(out, `report-${colorScheme}.webp`));
  }
} finally {
  await browser.close();
}
