// npm run exports: a run's exports in TensorFlow for Python, onnxruntime for Python and torchvision, against the detector
// that they were made of, and what smaller weights for the browser cost in mAP. Flags by --help.
// Prints one line a runtime and form, writes results/exports.json, and exits with 1 when detections or outputs differ
// by more than 1e-3.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { machine } from '../bench/machine.mjs';
import { peersEnvironment, peersPython, setUpPeers } from '../peers/setup.mjs';
import { scriptFlags, wholeNumber } from '../script-flags.mjs';
import { onnxPython } from './environment.mjs';
import { storedWeights } from './stored-weights.mjs';
import { writeExpected } from './write-expected.mjs';

const TOLERANCE = 1e-3;
/** What `npm run demo` leaves. */
const DEMO = { run: 'runs/demo/seed-0/fm/detector', voc: 'runs/demo/VOCdevkit' };
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const values = await scriptFlags({
  summary: 'A run’s exports in TensorFlow, onnxruntime and torchvision for Python, into results/exports.json',
  examples: ['npm run exports', 'npm run exports -- --run runs/detector --images photos --count 4'],
  flags: {
    run: z.string().default(DEMO.run).describe('Run folder of a detector'),
    images: z.string().default(`${DEMO.voc}/VOC2007/JPEGImages`).describe('Folder of images'),
    voc: z
      .string()
      .optional()
      .describe('VOCdevkit folder to judge smaller weights on (the demo’s for its run, else none)'),
    set: z.string().default('2007/test').describe('Image set of --voc'),
    count: wholeNumber(1).default(8).describe('Images that are looked at'),
    keep: z.string().optional().describe('Folder in which all files stay'),
  },
});
const { run, images, count } = values;
const voc = values.voc ?? (run === DEMO.run ? DEMO.voc : undefined);
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'exports-'));
mkdirSync(folder, { recursive: true });

try {
  setUpPeers();
  const onnx = onnxPython();
  const file = join(folder, 'expected.safetensors');
  await writeExpected({ run, images, count, file });
  const forms = {
    saved: exported('saved-model', 'saved-inside', '--post-processing', 'inside'),
    savedOutside: exported('saved-model', 'saved-outside', '--input-size', 'dynamic'),
    onnx: join(exported('onnx', 'onnx-inside', '--post-processing', 'inside'), 'model.onnx'),
    onnxOutside: join(exported('onnx', 'onnx-outside', '--input-size', 'dynamic'), 'model.onnx'),
    weights: join(exported('safetensors', 'weights'), 'model.safetensors'),
  };
  const results = [
    python(peersPython, 'run_saved_model.py', forms.saved, forms.savedOutside, file),
    python(onnx, 'run_onnx.py', forms.onnx, forms.onnxOutside, file),
    python(peersPython, 'run_torchvision.py', forms.weights, file),
  ];
  results.forEach(report);
  const smaller =
    voc === undefined ? {} : { weights: storedWeights({ run, images, count, voc, set: values.set, folder }) };
  smaller.weights?.stored.forEach(reportStored);
  mkdirSync(join(root, 'results'), { recursive: true });
  const path = join(root, 'results', 'exports.json');
  writeFileSync(path, `${JSON.stringify({ machine: machine(), images: count, results, ...smaller }, null, 1)}\n`);
  process.exitCode = results.every(isEqual) ? 0 : 1;
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}

/** Exports the run by the command that a user would type; gives the folder. */
function exported(format, name, ...flags) {
  const out = join(folder, name);
  const command = join(root, 'packages', 'retinanet', 'bin', 'retinanet.js');
  const args = [command, 'export', '--run', run, '--format', format, '--out', out, ...flags];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`retinanet export --format ${format} failed (exit code ${status})`);
  return out;
}

function python(interpreter, script, ...args) {
  const { status, stdout } = spawnSync(interpreter, [join(here, script), ...args], {
    env: peersEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} failed (exit code ${status})`);
  return JSON.parse(stdout);
}

function isEqual({ logits = 0, deltas = 0, score, boxPx, paired, unpaired }) {
  // A box may be off by a thousandth of the smallest image side that a detector takes.
  return paired > 0 && unpaired === 0 && Math.max(logits, deltas, score) <= TOLERANCE && boxPx <= 64 * TOLERANCE;
}

function reportStored({ weights, sizeBytes, logits, mAP }) {
  process.stdout.write(
    `     ${weights}: ${(sizeBytes / 2 ** 20).toFixed(1)} MiB, mAP ${(100 * mAP).toFixed(2)} %, logits ${logits.toExponential(1)}\n`,
  );
}

function report(result) {
  const { runtime, paired, unpaired, score, boxPx, logits, deltas } = result;
  const short = (value) => value.toExponential(1);
  const raw = logits === undefined ? '' : `, outputs ${short(logits)} and ${short(deltas)}`;
  process.stdout.write(
    `${isEqual(result) ? 'ok  ' : 'FAIL'} ${runtime}: ${paired} detections, ${unpaired} of one only; ` +
      `scores ${short(score)}, boxes ${short(boxPx)} px${raw}\n`,
  );
}
