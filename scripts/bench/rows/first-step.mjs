// From the start of a command to the end of its first training step: options.by is ours or pytorch.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { peersEnvironment, peersPython } from '../../peers/setup.mjs';
import { contenderOptions } from '../measure.mjs';
import { groupPeakMb, killGroup } from '../process-group.mjs';
import { PHOTO_FOLDER } from './bench-photos.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const options = contenderOptions();
const scratch = mkdtempSync(join(tmpdir(), 'first-step-'));
const LONGEST_MS = 120_000;

const stepMs = [];
let peakRssMb = 0;
try {
  for (let i = 0; i < options.warmup + options.steps; i++) {
    const elapsedMs = await firstStep(join(scratch, `run${i}`));
    if (i >= options.warmup) stepMs.push(elapsedMs);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const imagesPerSecond = (1000 * options.batchSize) / Math.min(...stepMs);
process.stdout.write(`${JSON.stringify({ imagesPerSecond, stepMs, warmupMs: 0, peakRssMb })}\n`);

function commandOf(out) {
  const { model, batchSize, precision, threads, by } = options;
  if (by === 'pytorch') {
    const settings = {
      ...options,
      perBatch: batchSize,
      folder: PHOTO_FOLDER,
      workers: 2,
      decoder: 'io',
      firstStep: out,
    };
    return [peersPython, [join(here, '../../peers/torch_training.py'), JSON.stringify(settings)]];
  }
  const bin = join(here, '../../../packages/backbone-pretrain/bin/backbone-pretrain.js');
  const data = ['--dataset', 'folder', '--data', PHOTO_FOLDER, '--model', model, '--batch-size', String(batchSize)];
  const how = ['--precision', precision, '--threads', String(threads), '--epochs', '1', '--log-every', '1'];
  return [process.execPath, [bin, 'train', ...data, ...how, '--out', out]];
}

/**
 * Milliseconds until the command has written what it writes after its first step; it is killed then, with the processes
 * that it has started.
 */
async function firstStep(out) {
  const sign = options.by === 'pytorch' ? out : join(out, 'metrics.jsonl');
  const [file, args] = commandOf(out);
  const env = options.by === 'pytorch' ? peersEnvironment() : { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const started = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env, detached: true });
  let errors = '';
  child.stderr.on('data', (part) => (errors = (errors + part).slice(-2000)));
  try {
    for (;;) {
      if (existsSync(sign) && statSync(sign).size > 0) break;
      if (child.exitCode !== null || performance.now() - started > LONGEST_MS) {
        throw new Error(`${options.by}: no step after ${Math.round(performance.now() - started)} ms\n${errors}`);
      }
      await pause(5);
    }
    const elapsedMs = performance.now() - started;
    peakRssMb = Math.max(peakRssMb, groupPeakMb(child.pid));
    return elapsedMs;
  } finally {
    await killGroup(child.pid);
  }
}
