// Time and memory of the web demo in headless Chromium: an untrained detector is exported, and the page looks at one
// picture again and again. A step is what the page's table says: decode, resize, network, post-processing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, runCommand } from '@featuremine/command-line';
import { DETECTOR_VERSIONS, makeDetector } from '@featuremine/retinanet';
import { Random } from '@featuremine/random';
import { firstValues } from '@featuremine/tensor-graph';
import { buildSite, readExportedModel, serveSite } from '@featuremine/web-demo';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import sharp from 'sharp';
import { openChromium } from '../../open-chromium.mjs';
import { contenderOptions } from '../measure.mjs';
import { numberIn, processFile, processIds } from '../process-files.mjs';

const options = contenderOptions();
const folder = mkdtempSync(join(tmpdir(), 'bench-web-'));
try {
  process.stdout.write(`${JSON.stringify(await measure(await exportedModel(), await noisePicture()))}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

async function exportedModel() {
  const { backbone, version, imageSize, numClasses, storeWeights } = options;
  const parts = { ...DETECTOR_VERSIONS[version], batchNorm: 'frozen', trainableStages: 0 };
  const { variables } = makeDetector({ backbone, numClasses, ...parts });
  const random = Random.of(1);
  const values = new Map(variables.map((variable) => [variable.name, firstValues(variable, random)]));
  const weights = join(folder, 'weights.safetensors');
  writeSafetensors(weights, makeStateDict(variables, values));
  const classes = Array.from({ length: numClasses }, (_, i) => `class${i + 1}`).join(',');
  const out = join(folder, 'model');
  const source = ['--weights', weights, '--classes', classes, '--image-size', String(imageSize)];
  const command = {
    bin: join(import.meta.dirname, '../../../packages/retinanet/bin/retinanet.js'),
    argv: ['export', ...source, '--format', 'tfjs', '--store-weights', storeWeights, '--out', out],
  };
  process.stderr.write(`${commandLine(command)}\n`);
  await runCommand(command);
  return readExportedModel(out);
}

async function noisePicture() {
  const { imageSize: side } = options;
  const random = Random.of(2);
  const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
  const file = join(folder, 'noise.png');
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

async function measure(model, picture) {
  const site = join(folder, 'site');
  await buildSite({ folder: site, models: [model], examples: [picture] });
  const server = await serveSite({ folder: site, port: 0, host: '127.0.0.1' });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}?backend=wasm&threads=${options.threads}`);
    await summary(page, /^Ready/);
    const started = performance.now();
    const stepMs = [];
    let warmupMs = 0;
    for (let i = 0; i < options.warmup + options.steps; i++) {
      if (i === options.warmup) warmupMs = performance.now() - started;
      await page.getByRole('button', { name: 'Example 1' }).click();
      await summary(page, /object|Nothing/);
      const totalMs = Number(await page.locator('.times .total [data-ms]').getAttribute('data-ms'));
      if (i >= options.warmup) stepMs.push(totalMs);
    }
    const backend = await page.locator('#model-facts').textContent();
    if (!backend.includes('WebAssembly, 1 thread')) throw new Error(`another backend: ${backend}`);
    return {
      imagesPerSecond: 1000 / Math.min(...stepMs),
      stepMs,
      warmupMs,
      peakRssMb: rendererMb(),
      fileMb: model.sizeBytes / 1e6,
      version: browser.version(),
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function summary(page, pattern) {
  await page.getByRole('status').filter({ hasText: pattern }).waitFor({ timeout: 120_000 });
}

// The peak memory of the largest process that this one started: the page's renderer, in which its worker runs.
function rendererMb() {
  const all = processIds().map((pid) => ({ pid, text: processFile(pid, 'status') }));
  const ours = new Set([process.pid]);
  for (let grown = true; grown;) {
    const size = ours.size;
    for (const { pid, text } of all) if (ours.has(numberIn(text, 'PPid'))) ours.add(pid);
    grown = ours.size > size;
  }
  ours.delete(process.pid);
  return Math.max(...all.filter(({ pid }) => ours.has(pid)).map(({ text }) => numberIn(text, 'VmHWM'))) / 1024;
}
