import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { chromium } from 'playwright-core';
import type * as VocEval from '@featuremine/voc-eval';
import type { Evaluation } from '@featuremine/voc-eval';
import { openDevkit, readDetections, readImageSet } from '@featuremine/voc';
import { detectionsFromDevkit, evaluateCoco, evaluateVoc, groundTruthFromImageSet } from '@featuremine/voc-eval';
import { dataFolder } from './support/data';

const browser = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (browser === undefined) process.stderr.write('skipped: no Chromium here; install chromium, or set CHROMIUM\n');
const folder = dataFolder('voc2007-test-full');
const packages = resolve(__dirname, '../..');

/** One script of all modules that the package's index reaches, as `vocEval`; it fails on anything but our own modules. */
function bundle(): string {
  const modules = new Map<string, string>();
  const visit = (file: string): void => {
    if (modules.has(file)) return;
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      filename: file,
      module: { type: 'commonjs' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    modules.set(file, ''); // keeps circles out
    const linked = code.replace(/\brequire\("([^"]+)"\)/g, (_, name: string) => {
      const target = name.startsWith('@featuremine/')
        ? join(packages, name.slice('@featuremine/'.length), 'src/index.ts')
        : `${resolve(dirname(file), name)}.ts`;
      if (!existsSync(target)) throw new Error(`${file} needs ${name}, which no browser has`);
      visit(target);
      return `load(${JSON.stringify(target)})`;
    });
    modules.set(file, linked);
  };
  const entry = join(packages, 'voc-eval/src/index.ts');
  visit(entry);
  const bodies = [...modules].map(([file, code]) => `${JSON.stringify(file)}(exports, load) {${code}}`);
  return `const vocEval = (() => {
    const bodies = {${bodies.join(',\n')}};
    const loaded = {};
    const load = (name) => {
      if (!(name in loaded)) bodies[name]((loaded[name] = {}), load);
      return loaded[name];
    };
    return load(${JSON.stringify(entry)});
  })();`;
}

describe('the core in a browser', () => {
  it('reaches no module of Node', () => {
    expect(bundle()).toContain('evaluateVoc');
  });

  const inBrowser = browser === undefined || folder === undefined ? it.skip : it;
  inBrowser(
    'gives the numbers of Node on a real detector, in Chromium',
    async () => {
      const set = readImageSet(openDevkit(join(folder!, 'VOCdevkit')), '2007/test', {
        onBadBox: 'keep',
        needsImages: false,
      });
      const truth = groundTruthFromImageSet(set);
      const read = readDetections(join(folder!, 'results/VOC2007/Main'), { classNames: truth.classNames });
      const found = detectionsFromDevkit(read, truth);
      const here = [
        evaluateVoc({ groundTruth: truth, detections: found, protocol: 'voc07' }),
        evaluateVoc({ groundTruth: truth, detections: found, protocol: 'voc10' }),
        evaluateCoco({ groundTruth: truth, detections: found }),
      ];

      const chrome = await chromium.launch({ executablePath: browser!, args: ['--no-sandbox'] });
      try {
        const page = await chrome.newPage();
        await page.addScriptTag({ content: bundle() });
        const columns = [found.imageIndex, found.classId, found.score, found.box].map((column) => Array.from(column));
        const there = await page.evaluate(
          (text) => {
            const [groundTruth, [imageIndex, classId, score, box]] = JSON.parse(text) as [
              VocEval.GroundTruth,
              number[][],
            ];
            const { evaluateVoc, evaluateCoco } = (0, eval)('vocEval') as typeof VocEval;
            const detections = {
              imageIndex: Int32Array.from(imageIndex),
              classId: Int32Array.from(classId),
              score: Float64Array.from(score),
              box: Float64Array.from(box),
            };
            return [
              evaluateVoc({ groundTruth, detections, protocol: 'voc07' }),
              evaluateVoc({ groundTruth, detections, protocol: 'voc10' }),
              evaluateCoco({ groundTruth, detections }),
            ] as Evaluation[];
          },
          JSON.stringify([truth, columns]),
        );
        expect(there).toEqual(here);
        expect(Math.abs(there[0].mAP! - 0.677483)).toBeLessThan(1e-6);
      } finally {
        await chrome.close();
      }
    },
    120_000,
  );
});
