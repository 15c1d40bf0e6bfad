import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommands } from '@featuremine/command-line';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { backbonePretrainProgram } from '../packages/backbone-pretrain/src/cli';
import { retinanetProgram } from '../packages/retinanet/src/cli';
import { saveUntrainedDetector } from '../packages/retinanet/test/tf/saved-detector';
import { vocEvalProgram } from '../packages/voc-eval/src/cli';
import { webDemoProgram } from '../packages/web-demo/src/cli';
import { writeTinyModel } from '../packages/web-demo/test/support/tiny-model';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'unwritable-'));
const voc = join(folder, 'VOCdevkit');
const images = join(voc, 'VOC2007', 'JPEGImages');
const model = join(folder, 'model');
const weights = join(folder, 'detector.safetensors');
/** Below a device nothing can be made, not even by root. */
const nowhere = '/dev/null/out';

beforeAll(async () => {
  await makeShapesDevkit({
    folder: voc,
    seed: 2,
    counts: { test: 2 },
    classNames: ['circle', 'square'],
    imageSides: [60, 80],
  });
  writeTinyModel(model);
  saveUntrainedDetector(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const programs = { backbonePretrainProgram, retinanetProgram, vocEvalProgram, webDemoProgram };
const devkit = ['--voc', voc, '--set', '2007/test'];
const commands: readonly (readonly [keyof typeof programs, readonly string[]])[] = [
  ['retinanetProgram', ['show', ...devkit, '--out', nowhere]],
  [
    'retinanetProgram',
    ['predict', '--weights', weights, '--classes', 'a,b', '--image-size', '64', '--out', nowhere, images],
  ],
  [
    'retinanetProgram',
    ['train', '--voc', voc, '--train', '2007/test', '--model', 'resnet18', '--batch-size', '2', '--out', nowhere],
  ],
  [
    'retinanetProgram',
    ['export', '--weights', weights, '--classes', 'a,b', '--image-size', '64', '--format', 'onnx', '--out', nowhere],
  ],
  ['backbonePretrainProgram', ['pack', '--dataset', 'shapes', '--out', nowhere]],
  ['backbonePretrainProgram', ['train', '--dataset', 'shapes', '--model', 'resnet20', '--out', nowhere]],
  ['vocEvalProgram', ['convert', '--to', 'coco', ...devkit, '--out', join(nowhere, 'truth.json')]],
  ['webDemoProgram', ['build', '--exported', model, '--out', nowhere]],
];

describe('a place that cannot be written', () => {
  it.each(commands)('is named, with exit code 2: %s %j', async (program, argv) => {
    let stderr = '';
    const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (stderr += text) !== '' } };
    const code = await runCommands({ ...programs[program], argv, ...streams });
    process.exitCode = undefined;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error: .*\/dev\/null/)]);
    expect(stderr).not.toContain('fault of the program');
  });
});

const bin = join(__dirname, '../packages/retinanet/bin/retinanet.js');
const canMount =
  existsSync(join(__dirname, '../packages/retinanet/dist/index.js')) &&
  spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs none /mnt'], { stdio: 'ignore' })
    .status === 0;
if (!canMount) console.warn('not tested: a full disk (not built, or no file system may be mounted here)');

describe('a disk that is full', () => {
  (canMount ? it : it.skip)('is named, with exit code 2', () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const script = `mount -t tmpfs -o size=8k none "$0" && exec "$@"`;
    const command = [process.execPath, bin, 'show', ...devkit, '--out', join(small, 'shown')];
    const { status, stderr } = spawnSync(
      'unshare',
      ['--map-root-user', '--mount', 'sh', '-c', script, small, ...command],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([2, expect.stringMatching(/the disk is full\. Free some space/)]);
  });
});
