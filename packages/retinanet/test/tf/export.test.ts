import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { readSafetensors } from '@featuremine/weights';
import { runCli } from './run-cli';
import { saveUntrainedDetector } from './saved-detector';

jest.setTimeout(120_000);

let folder: string;
let weights: string;
let images: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-export-'));
  const devkit = join(folder, 'VOCdevkit');
  await makeShapesDevkit({ folder: devkit, seed: 3, counts: { train: 2 }, imageSides: [90, 140] });
  images = join(devkit, 'VOC2007', 'JPEGImages');
  weights = saveUntrainedDetector(folder, { hasHeadNorm: true, p6From: 'c5' });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Exported {
  readonly files: string[];
  readonly metadata: Record<string, unknown>;
  readonly verification?: { images: number; paired: number; unpaired: number; isEqual: boolean; logits?: number };
}

async function exported(...flags: string[]): Promise<{ exitCode: number; stderr: string; result: Exported }> {
  const source = ['--weights', weights, '--classes', 'a,b'];
  const { exitCode, stdout, stderr } = await runCli('export', ...source, ...flags, '--json');
  return { exitCode, stderr, result: (stdout === '' ? {} : JSON.parse(stdout)) as Exported };
}

const compared = (): string[] => ['--verify', '--images', images, '--count', '1'];

describe('retinanet export', () => {
  it.each([
    ['saved-model', ['--image-size', '64', '--post-processing', 'inside']],
    ['tfjs', ['--image-size', '64']],
    ['onnx', ['--image-size', '96x64', '--post-processing', 'inside']],
    ['onnx', ['--min-size', '64', '--max-size', '96']],
    ['safetensors', ['--image-size', '64']],
  ])('%s %j equals the detector', async (format, flags) => {
    const out = join(folder, `${format}${flags.join('')}`);
    const { exitCode, stderr, result } = await exported('--format', format, '--out', out, ...flags, ...compared());
    expect([exitCode, result.verification ?? stderr]).toEqual([0, expect.objectContaining({ isEqual: true })]);
    expect(result.verification).toMatchObject({ images: 1, unpaired: 0, isEqual: true });
    expect(result.verification!.paired).toBeGreaterThan(0);
    expect(result.files.every((file) => existsSync(file))).toBe(true);
  });

  it('says in the browser’s file how images go in and what comes out', async () => {
    const out = join(folder, 'told');
    await exported('--format', 'tfjs', '--out', out, '--image-size', '64', '--nms-threshold', '0.4');
    const model = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8')) as Record<string, unknown>;
    expect(model['userDefinedMetadata']).toMatchObject({
      task: 'detection',
      classNames: ['a', 'b'],
      input: {
        name: 'images',
        shape: [1, 64, 64, 3],
        resize: { kind: 'fit', size: 64 },
        padding: [123.675, 116.28, 103.53],
      },
      preprocessing: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      postProcessing: 'outside',
      outputs: { logits: { name: 'logits', hasBackground: false }, deltas: { name: 'deltas' } },
      anchors: { strides: [8, 16, 32, 64, 128], ratios: [0.5, 1, 2] },
      scoreThreshold: 0.05,
      nmsThreshold: 0.4,
      detectionsPerImage: 300,
      topkCandidates: 1000,
    });
    expect(model['signature']).toMatchObject({ outputs: { logits: { name: 'logits:0' }, deltas: {} } });
  });

  it('writes torchvision’s names into safetensors, with what must be known besides', async () => {
    const out = join(folder, 'weights');
    await exported('--format', 'safetensors', '--out', out, '--image-size', '64');
    const { tensors, metadata } = readSafetensors(join(out, 'model.safetensors'));
    expect([...tensors.keys()]).toEqual(
      expect.arrayContaining([
        'backbone.body.layer1.0.bn1.num_batches_tracked',
        'head.classification_head.conv.0.1.weight',
      ]),
    );
    expect(JSON.parse(metadata.get('metadata')!)).toMatchObject({
      classNames: ['a', 'b'],
      provenance: { architecture: { backbone: 'resnet18', p6From: 'c5' } },
    });
  });

  it('fails with exit code 2 when the export differs by more than the tolerance', async () => {
    const out = join(folder, 'strict');
    const flags = ['--format', 'tfjs', '--image-size', '64', '--store-weights', 'uint8', '--out', out];
    const { exitCode, stderr, result } = await exported(...flags, ...compared());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Weights in uint8 are not the same weights');
    expect(result.verification!.logits).toBeGreaterThan(1e-3);
  });

  it.each([
    ['smaller weights for TensorFlow', ['--format', 'onnx', '--store-weights', 'uint8'], '--store-weights uint8'],
    ['post-processing inside for browsers', ['--format', 'tfjs', '--post-processing', 'inside'], 'postProcess'],
    [
      'post-processing inside for any size',
      ['--format', 'onnx', '--post-processing', 'inside', '--input-size', 'dynamic'],
      'a fixed size',
    ],
  ])('refuses %s', async (_what, flags, message) => {
    const { exitCode, stderr } = await exported(...flags, '--image-size', '64', '--out', join(folder, 'refused'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses one size where images keep sizes of their own', async () => {
    const { exitCode, stderr } = await exported('--format', 'onnx', '--input-size', 'fixed', '--out', folder);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Add --image-size N or WxH')]);
  });

  it('asks for images to compare on where there is no run', async () => {
    const { exitCode, stderr } = await exported('--format', 'onnx', '--image-size', '64', '--out', folder, '--verify');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--images')]);
  });
});

describe('retinanet eval --exported', () => {
  it('judges an export as it judges its run', async () => {
    const run = join(folder, 'run');
    mkdirSync(run);
    const detector = {
      classNames: ['a', 'b'],
      architecture: {
        backbone: 'resnet18',
        numClasses: 2,
        p6From: 'c5',
        hasHeadNorm: true,
        batchNorm: 'frozen',
        trainableStages: 3,
      },
      resize: { kind: 'longest-side', size: 64 },
      pixels: 'uint8',
    };
    writeFileSync(join(run, 'config.json'), JSON.stringify({ detector }));
    const out = join(folder, 'judged');
    await exported('--format', 'onnx', '--image-size', '64', '--out', out);
    const evaluate = (...flags: string[]) =>
      runCli('eval', '--run', run, '--voc', join(folder, 'VOCdevkit'), '--set', '2007/train', '--workers', '0', '--json', ...flags); // prettier-ignore
    const [own, judged] = [await evaluate('--weights', weights), await evaluate('--exported', out)];
    expect(own.exitCode).toBe(0);
    const counts = ({ stdout }: typeof own) =>
      Object.values((JSON.parse(stdout) as { classes: Record<string, { detections: number }> }).classes).map(
        ({ detections }) => detections,
      );
    expect(counts(own).reduce((a, b) => a + b)).toBeGreaterThan(0);
    expect(counts(judged)).toEqual(counts(own));
  });
});
