import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { readSafetensors } from '@featuremine/weights';
import { trainSchema } from '../../src/train-options';
import { DETECTOR_VERSIONS } from '../../src/architecture';
import { smallArchitecture } from '../small-architecture';
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

  it('compares on the validation images of a run when it is told no others', async () => {
    const run = join(folder, 'validated');
    mkdirSync(run);
    linkSync(weights, join(run, 'weights.safetensors'));
    const detector = {
      classNames: ['a', 'b'],
      architecture: smallArchitecture(DETECTOR_VERSIONS.v2),
      resize: { kind: 'longest-side', size: 64 },
      pixels: 'uint8',
    };
    const told = { out: run, voc: join(folder, 'VOCdevkit'), train: '2007/train', val: '2007/train', detector: 'v2' };
    writeFileSync(join(run, 'config.json'), JSON.stringify({ ...trainSchema.parse(told), detector }));
    const flags = ['--run', run, '--format', 'tfjs', '--out', join(run, 'exported'), '--verify', '--json'];
    const { exitCode, stdout, stderr } = await runCli('export', ...flags);
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
    expect((JSON.parse(stdout) as Exported).verification).toMatchObject({ images: 2, unpaired: 0, isEqual: true });
  });

  it('asks for images to compare on where there is no run', async () => {
    const { exitCode, stderr } = await exported('--format', 'onnx', '--image-size', '64', '--out', folder, '--verify');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--images')]);
  });
});

describe('retinanet eval --exported', () => {
  const run = (): string => join(folder, 'run');
  const evaluate = (...flags: string[]) =>
    runCli('eval', '--run', run(), '--voc', join(folder, 'VOCdevkit'), '--set', '2007/train', '--workers', '0', '--json', ...flags); // prettier-ignore

  beforeAll(() => {
    mkdirSync(run());
    const detector = {
      classNames: ['a', 'b'],
      architecture: smallArchitecture(DETECTOR_VERSIONS.v2),
      resize: { kind: 'longest-side', size: 64 },
      pixels: 'uint8',
    };
    writeFileSync(join(run(), 'config.json'), JSON.stringify({ detector }));
  });

  it('judges an export as it judges its run', async () => {
    const out = join(folder, 'judged');
    await exported('--format', 'onnx', '--image-size', '64', '--out', out);
    const [own, judged] = [await evaluate('--weights', weights), await evaluate('--exported', out)];
    expect(own.exitCode).toBe(0);
    const counts = ({ stdout }: typeof own) =>
      Object.values((JSON.parse(stdout) as { classes: Record<string, { detections: number }> }).classes).map(
        ({ detections }) => detections,
      );
    expect(counts(own).reduce((a, b) => a + b)).toBeGreaterThan(0);
    expect(counts(judged)).toEqual(counts(own));
  });

  it.each([
    [['--exported', 'some', '--weights', 'other.safetensors'], '--weights: with --exported, which has its own'],
    [['--exported', 'some', '--precision', 'float32'], '--precision: with --exported, which has its own'],
    [['--protocol', 'coco', '--iou', '0.7'], '--iou: with --protocol coco, which has its own thresholds'],
    [['--iou', '0'], '--iou: 0'],
  ])('refuses flags that would do nothing: %j', async (flags, message) => {
    expect(await evaluate(...flags)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(message) as unknown,
    });
  });

  it.each([
    ['saved-model', 'saved_model.pb', /saved_model\.pb: TensorFlow does not run it \(/],
    ['tfjs', 'model.json', /model\.json: tfjs does not run it \(/],
    ['onnx', 'model.onnx', /model\.onnx: onnxruntime does not run it \(/],
    ['safetensors', 'model.safetensors', /model\.safetensors/],
  ])('names a %s export that is damaged', async (format, name, message) => {
    const out = join(folder, `damaged-${format}`);
    await exported('--format', format, '--image-size', '64', '--out', out);
    for (const damage of [cut, (file: string) => writeFileSync(file, 'x'.repeat(100))]) {
      damage(join(out, name));
      const { exitCode, stderr } = await evaluate('--exported', out);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });

  function cut(file: string): void {
    truncateSync(file, statSync(file).size >> 1);
  }

  it('refuses an export of other classes, or for another size, and says so', async () => {
    const out = join(folder, 'other-classes');
    const flags = ['--format', 'onnx', '--image-size', '64', '--out', out];
    const other = saveUntrainedDetector(mkdtempSync(join(folder, 'other')), { numClasses: 3, p6From: 'c5' });
    const { exitCode } = await runCli('export', '--weights', other, '--classes', 'a,b,c', ...flags);
    expect(exitCode).toBe(0);
    const judged = await evaluate('--exported', out);
    expect([judged.exitCode, judged.stderr]).toEqual([2, expect.stringContaining('other classes or anchors')]);
    const sized = await evaluate('--exported', join(folder, 'judged'), '--image-size', '96');
    expect([sized.exitCode, sized.stderr]).toEqual([2, expect.stringContaining('onnxruntime does not run it')]);
  });
});
