// Time and memory against the number of detections: node scripts/bench/rows/voc-eval-scale.mjs [MILLIONS…]
// Synthetic: 20 classes, 2 objects and 250 detections an image, half of them on an object; a fresh process each.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { evaluateCoco, evaluateVoc } from '@featuremine/voc-eval';
import { z } from 'zod';
import { scriptFlags } from '../../script-flags.mjs';
import { peakRssMb } from '../measure.mjs';
import { drawnDetections } from './drawn-detections.mjs';

const script = fileURLToPath(import.meta.url);
if (process.argv[2] === 'measure') measure(Number(process.argv[3]));
else {
  const { millions } = await scriptFlags({
    summary: 'Time and memory of an evaluation against the number of detections',
    words: { key: 'millions', describe: '[MILLIONS]', isArray: true },
    flags: {
      millions: z.array(z.coerce.number().positive()).default([0.5, 1, 2, 5]).describe('Millions of detections'),
    },
  });
  process.stdout.write('detections   voc10 ms   ns each   coco ms   ns each   peak MB (with the detections)\n');
  for (const million of millions) {
    const { stdout, status } = spawnSync(process.execPath, [script, 'measure', String(million * 1e6)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    if (status !== 0) process.exit(1);
    const { rows, vocMs, cocoMs, peakMb } = JSON.parse(stdout);
    const cells = [rows, vocMs, (1e6 * vocMs) / rows, cocoMs, (1e6 * cocoMs) / rows, peakMb];
    const widths = [10, 11, 10, 10, 10, 10];
    process.stdout.write(`${cells.map((cell, i) => cell.toFixed(0).padStart(widths[i])).join('')}\n`);
  }
}

function measure(rows) {
  const { groundTruth, detections } = drawnDetections(rows);
  const timed = (run) => {
    const started = performance.now();
    run();
    return performance.now() - started;
  };
  const vocMs = timed(() => evaluateVoc({ groundTruth, detections, protocol: 'voc10' }));
  const cocoMs = timed(() => evaluateCoco({ groundTruth, detections }));
  process.stdout.write(JSON.stringify({ rows, vocMs, cocoMs, peakMb: peakRssMb() }));
}
