import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { loadLastCheckpoint } from '@featuremine/training';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { readSafetensors } from '@featuremine/weights';
import { runCli } from './run-cli';
import type { CliResult } from './run-cli';
import { writeTorchCheckpoint } from '../write-torch-checkpoint';
import { saveUntrainedDetector } from './saved-detector';

jest.setTimeout(300_000);

let folder: string;
let voc: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-train-'));
  voc = join(folder, 'VOCdevkit');
  const classNames = ['circle', 'square'];
  await makeShapesDevkit({ folder: voc, seed: 5, counts: { train: 4, val: 2 }, classNames, imageSides: [96, 96] });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `retinanet train` on four small images; a flag that is given takes the place of the one here. */
function train(...argv: string[]): Promise<CliResult> {
  const flags = { voc, train: '2007/train', 'image-size': '64', 'batch-size': '2', workers: '0' };
  const usual = Object.entries(flags).flatMap(([flag, value]) =>
    argv.includes(`--${flag}`) ? [] : [`--${flag}`, value],
  );
  return runCli('train', ...usual, ...argv);
}

/** The name that torchvision before 0.13 gave to a tensor. */
function oldName(name: string): string {
  return name
    .replace(/(fpn\.(?:inner|layer)_blocks\.\d)\.0\./, '$1.')
    .replace(/(_head\.conv)\.(\d)\.0\./, (_, conv: string, i: string) => `${conv}.${2 * Number(i)}.`);
}

/** The captions of the images in a run's report. */
function examplesIn(run: string): string[] {
  const [, examples] = readFileSync(join(run, 'report.html'), 'utf8').split('<h2>Examples</h2>');
  return [...examples.matchAll(/<image href="data:[^>]*>.*?<figcaption>(.*?)<\/figcaption>/g)].map((match) => match[1]);
}

interface Summary {
  stoppedBy: string;
  epochs: number;
  steps: number;
  classNames: string[];
  best: { epoch: number; metrics: Record<string, number> };
}

describe('retinanet train, eval and predict', () => {
  const out = (): string => join(folder, 'run');

  it('tells with --dry-run what it would train, on what data and for how long, and writes nothing', async () => {
    const argv = ['--model', 'resnet18', '--epochs', '3', '--out', out(), '--dry-run'];
    const printed = await train(...argv);
    expect(printed.stdout).toMatch(/^training images +4 images/m);
    expect(printed.stdout).toMatch(/^steps +6 \(3 epochs of 2, 2 images each\)$/m);
    const { exitCode, stdout } = await train(...argv, '--json');
    expect(exitCode).toBe(0);
    const { plan } = JSON.parse(stdout) as { plan: { config: Record<string, unknown>; steps: number } };
    expect(plan).toMatchObject({ steps: 6, config: { imageSize: '64', batchSize: 2, out: out() } });
    expect(existsSync(out())).toBe(false);
  });

  it('trains from nothing, validates, and prints the summary as one JSON object', async () => {
    const argv = ['--val', '2007/val', '--model', 'resnet18', '--epochs', '1', '--out', out(), '--json'];
    const { exitCode, stdout, stderr } = await train(...argv);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({ stoppedBy: 'finished', epochs: 1, steps: 2, classNames: ['circle', 'square'] });
    for (const name of ['mAP', 'val/loss', 'val/classificationLoss', 'val/boxLoss', 'train/loss', 'AP/circle'])
      expect(summary.best.metrics[name]).toEqual(expect.any(Number));
    expect(JSON.parse(readFileSync(join(out(), 'summary.json'), 'utf8'))).toEqual(summary);
    expect(stderr).toMatch(/classes: circle, square/);
    expect(stderr).toMatch(/warning: .*too small or too long for the anchors/);
    for (const name of ['config.json', 'metrics.jsonl', 'weights.safetensors', 'checkpoint', 'tensorboard']) {
      expect(readdirSync(out())).toContain(name);
    }
  });

  it('shows the validation images in TensorBoard', () => {
    const [events] = readdirSync(join(out(), 'tensorboard'));
    const text = readFileSync(join(out(), 'tensorboard', events), 'latin1');
    for (const id of ['000005', '000006']) expect(text).toContain(`val/${id}`);
    expect(text.split('\xff\xd8\xff')).toHaveLength(3); // two JPEG images
    expect(text).toContain('val/loss');
  });

  it('shows them in the report too, with what was found at the best epoch', () => {
    const found = JSON.parse(readFileSync(join(out(), 'examples.json'), 'utf8')) as { images: { id: string }[] };
    expect(found.images.map(({ id }) => id)).toEqual(['000005', '000006']);
    expect(examplesIn(out())).toEqual([expect.stringMatching(/^000005: /), expect.stringMatching(/^000006: /)]);
  });

  it('saves the state dict that PyTorch expects of trainable batch norm', () => {
    const { tensors } = readSafetensors(join(out(), 'weights.safetensors'));
    expect(tensors.get('backbone.body.bn1.num_batches_tracked')?.dtype).toBe('I64');
    expect(tensors.get('head.classification_head.cls_logits.weight')?.shape).toEqual([27, 256, 3, 3]);
  });

  it('refuses the folder of a run without --resume, and goes on with it', async () => {
    const argv = ['--val', '2007/val', '--model', 'resnet18', '--epochs', '2', '--out', out(), '--json'];
    const refused = await train(...argv);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/--resume/);
    const resumed = await train(...argv, '--resume');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ epochs: 2, steps: 4 });
    expect(examplesIn(out())).toHaveLength(2);
  });

  it('evaluates a run by each protocol', async () => {
    for (const [protocol, iou] of [
      ['voc07', 0.5],
      ['voc10', 0.5],
      ['coco', '0.50:0.95'],
    ]) {
      const argv = [
        '--run',
        out(),
        '--voc',
        voc,
        '--set',
        '2007/val',
        '--protocol',
        String(protocol),
        '--workers',
        '0',
      ];
      const { exitCode, stdout } = await runCli('eval', ...argv, '--json');
      expect(exitCode).toBe(0);
      const evaluation = JSON.parse(stdout) as { classes: Record<string, object> };
      expect(evaluation).toMatchObject({ protocol, iou });
      expect(Object.keys(evaluation.classes)).toEqual(['circle', 'square']);
      for (const entry of Object.values(evaluation.classes)) {
        expect(Object.keys(entry)).toEqual(['ap', 'groundTruths', 'detections']);
      }
    }
  });

  it('is shown on a page beside what is annotated', async () => {
    const argv = ['--run', out(), '--voc', voc, '--set', '2007/val', '--score-threshold', '0', '--json'];
    const { exitCode, stdout } = await runCli('show', ...argv, '--out', join(folder, 'shown'));
    expect(exitCode).toBe(0);
    const html = readFileSync((JSON.parse(stdout) as { report: string }).report, 'utf8');
    expect(html).toContain('<h2>As the detector sees them</h2>');
    expect(html).toMatch(/000005\.jpg: \d+ found, \d annotated/);
  });

  it('predicts with a run at its own size', async () => {
    const image = join(voc, 'VOC2007', 'JPEGImages', '000005.jpg');
    const argv = ['--run', out(), '--out', join(folder, 'found'), '--workers', '0', '--no-draw', '--json'];
    const { exitCode, stdout } = await runCli('predict', ...argv, image);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ images: [{ file: image, width: 96, height: 96 }] });
  });
});

describe('retinanet train from weights', () => {
  it('fine-tunes a .pth of 90 classes with the names of old torchvision: the class output is replaced, and said so', async () => {
    const { tensors } = readSafetensors(saveUntrainedDetector(folder, { numClasses: 90 }));
    const file = join(folder, 'coco.pth');
    writeTorchCheckpoint(file, new Map([...tensors].map(([name, tensor]) => [oldName(name), tensor])));
    const out = join(folder, 'replaced');
    // A rate of 0: what is saved is what was loaded.
    const rate = ['--lr', '1e-30', '--weight-decay', '0'];
    const { exitCode, stderr } = await train('--weights', file, '--epochs', '1', ...rate, '--out', out);
    expect(stderr).toMatch(
      /coco\.pth: 134 tensors loaded; the class output is replaced .* the file's has 90 classes and this data 2/,
    );
    expect(exitCode).toBe(0);
    const saved = readSafetensors(join(out, 'weights.safetensors')).tensors;
    expect(saved.get('head.classification_head.cls_logits.weight')!.shape).toEqual([27, 256, 3, 3]);
    for (const name of ['backbone.fpn.inner_blocks.2.0.weight', 'head.regression_head.conv.3.0.weight']) {
      expect(saved.get(name)).toEqual(tensors.get(name));
    }
  });

  it('takes anchors and size from the file of a training; for other classes, as many, the class output is replaced', async () => {
    const anchors = { sizes: [16, 32, 64, 128, 256], ratios: [1] };
    const resize = { kind: 'longest-side', size: 80 } as const;
    const own = mkdtempSync(join(folder, 'own-'));
    const saved = (classNames: string[]): string =>
      saveUntrainedDetector(own, { anchors }, { classNames, resize, pixels: 'uint8' });
    const start = async (file: string, out: string): Promise<CliResult> => {
      const argv = ['--weights', file, '--epochs', '1', '--lr', '1e-30', '--weight-decay', '0', '--batch-size', '2'];
      return runCli('train', '--voc', voc, '--train', '2007/train', '--workers', '0', ...argv, '--out', join(own, out));
    };
    const other = await start(saved(['cell', 'bubble']), 'other');
    expect(other.stderr).toMatch(
      /the class output is replaced by a fresh one, because the file's classes are cell, bubble, and those of this data circle, square/,
    );
    const { detector } = JSON.parse(readFileSync(join(own, 'other', 'config.json'), 'utf8')) as { detector: object };
    expect(detector).toMatchObject({ resize, architecture: { anchors } });
    const file = saved(['circle', 'square']);
    const same = await start(file, 'same');
    expect(same.stderr).not.toMatch(/replaced/);
    const name = 'head.classification_head.cls_logits.bias';
    const [before, replaced, kept] = [file, join(own, 'other', 'weights.safetensors'), join(own, 'same', 'weights.safetensors')].map((path) => readSafetensors(path).tensors.get(name)!.data); // prettier-ignore
    expect([...kept]).toEqual([...before]);
    expect([...replaced]).not.toEqual([...before]);
  });

  it('takes the backbone of a file, freezes its batch norm and leaves stem and layer1 as they are', async () => {
    const file = saveUntrainedDetector(folder);
    const out = join(folder, 'from-backbone');
    const { exitCode, stderr } = await train('--backbone', file, '--epochs', '1', '--out', out);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const [before, after] = [file, join(out, 'weights.safetensors')].map((path) => readSafetensors(path).tensors);
    const isSame = (name: string): boolean =>
      Buffer.from(before.get(name)!.data.buffer).equals(Buffer.from(after.get(name)!.data.buffer));
    expect(isSame('backbone.body.layer1.0.conv1.weight')).toBe(true);
    expect(isSame('backbone.body.layer4.0.bn1.running_mean')).toBe(true);
    expect(isSame('backbone.body.layer4.0.conv1.weight')).toBe(false);
    expect(after.has('backbone.body.bn1.num_batches_tracked')).toBe(false);
  });
});

describe('retinanet train with a protocol and an end', () => {
  it('chooses the best epoch by COCO’s AP, and ends after so many validations without a better one', async () => {
    const chosen = ['--val', '2007/val', '--protocol', 'coco', '--early-stop', '1', '--epochs', '4'];
    const colours = ['--colour-jitter', '{"brightness": 0.2, "contrast": 0.2, "saturation": 0.2}'];
    // Nothing is learnt at such a rate: the second validation is not better than the first.
    const argv = ['--model', 'resnet18', ...chosen, ...colours, '--lr', '1e-30', '--json'];
    const { exitCode, stdout, stderr } = await train(...argv, '--out', join(folder, 'early'));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ stoppedBy: 'early-stop', epochs: 2, best: { epoch: 1 } });
    const argvOfEval = ['--run', join(folder, 'early'), '--voc', voc, '--set', '2007/val', '--workers', '0', '--json'];
    const evaluated = await runCli('eval', ...argvOfEval, '--protocol', 'coco');
    const { best } = JSON.parse(stdout) as Summary;
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ mAP: best.metrics['mAP'] });
  });
});

describe('retinanet train with all its options', () => {
  const out = (): string => join(folder, 'options');

  it('trains, validates and goes on with them', async () => {
    const shapes = { sizes: [16, 32, 64, 128, 256], ratios: [1] };
    const file = saveUntrainedDetector(folder, { p6From: 'c5', hasHeadNorm: true, anchors: shapes });
    const parts = ['--p6-from', 'c5', '--head-norm', 'group', '--box-loss', 'giou', '--loss-normalizer', 'ema'];
    const anchors = ['--anchor-sizes', '16,32,64,128,256', '--anchor-ratios', '1'];
    const data = ['--class-weights', '{"circle": 2}', '--repeat-threshold', '1', '--difficult', 'ignore'];
    const steps = '--batch-size 1 --accumulate 2 --clip-norm 1 --ema 0.9 --schedule cosine --epochs 1'.split(' ');
    const argv = [...parts, ...anchors, ...data, ...steps, '--test-flip', '--val', '2007/val'];
    const { exitCode, stdout, stderr } = await train('--weights', file, ...argv, '--json', '--out', out());
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const summary = JSON.parse(stdout) as Summary & { architecture: object };
    expect(summary.architecture).toMatchObject({
      ...{ p6From: 'c5', hasHeadNorm: true },
      anchors: shapes,
    });
    expect(summary.steps).toBeGreaterThanOrEqual(2);
    expect(summary.best.metrics['val/loss']).toBeGreaterThan(0);
  });

  it('has three anchors a cell for one ratio, and no state of the loss in its weights', () => {
    const { tensors } = readSafetensors(join(out(), 'weights.safetensors'));
    expect(tensors.get('head.regression_head.bbox_reg.weight')!.shape).toEqual([12, 256, 3, 3]);
    expect(tensors.get('head.classification_head.cls_logits.bias')!.shape).toEqual([9]);
    expect([...tensors.keys()].filter((name) => !/^(backbone|head)\./.test(name))).toEqual([]);
  });

  it('saves the averaged weights, not the last ones', () => {
    const name = 'head.regression_head.bbox_reg.bias';
    const saved = readSafetensors(join(out(), 'weights.safetensors')).tensors.get(name)!.data;
    const { variables } = loadLastCheckpoint(join(out(), 'checkpoint'), silentLogger)!;
    expect([...saved]).toEqual([...variables.get(`ema/${name}`)!]);
    expect([...saved]).not.toEqual([...variables.get(name)!]);
  });

  it('detects with the same anchors', async () => {
    const argv = ['--run', out(), '--voc', voc, '--set', '2007/val', '--workers', '0', '--test-flip', '--json'];
    expect((await runCli('eval', ...argv)).exitCode).toBe(0);
  });
});

describe('retinanet train with faulty input', () => {
  it.each<[string, string[], RegExp]>([
    ['a missing devkit', ['--voc', '/no/such/folder'], /\/no\/such\/folder/],
    ['a missing set', ['--train', '2007/trian'], /trian/],
    ['a class that stands twice', ['--classes', 'circle,circle'], /circle is there twice/],
    [
      'a class that no object has',
      ['--classes', 'circle,sqaure'],
      /no object has the class sqaure.*Did you mean square/,
    ],
    ['a size that is too small', ['--image-size', '32'], /32 px is too small/],
    ['two kinds of size', ['--min-size', '96'], /--image-size: it is given together/],
    ['a missing backbone', ['--backbone', 'no.safetensors'], /no\.safetensors/],
    ['a backbone and a detector', ['--backbone', 'a', '--weights', 'b'], /given together with --backbone/],
    ['a misspelt key', ['--set', 'epohcs=3'], /Did you mean "epochs"/],
    ['a batch that is larger than the data', ['--batch-size', '64'], /4 images, expected at least --batch-size 64/],
    ['a number that is none', ['--lr', 'fast'], /--lr/],
    ['anchor sizes that do not rise', ['--anchor-sizes', '64,32,16,8,4'], /--anchor-sizes: .*sizes that rise/],
    ['a weight of an unknown class', ['--class-weights', '{"circel": 2}'], /class circel.*Did you mean circle/],
    ['more batches an update than there are', ['--accumulate', '3'], /at least --batch-size 2 times --accumulate 3/],
  ])('refuses %s with exit code 2 and writes nothing', async (_what, argv, message) => {
    const out = join(folder, 'refused');
    const { exitCode, stderr, stdout } = await train('--model', 'resnet18', '--out', out, ...argv);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(existsSync(out)).toBe(false);
  });

  it('lists a box without area, and trains without it when told to skip', async () => {
    const annotation = join(voc, 'VOC2007', 'Annotations', '000001.xml');
    const text = readFileSync(annotation, 'utf8');
    const xmin = /<xmin>(\d+)<\/xmin>/.exec(text)![1];
    writeFileSync(annotation, text.replace(/<xmax>\d+<\/xmax>/, `<xmax>${Number(xmin) - 3}</xmax>`));
    const argv = ['--model', 'resnet18', '--epochs', '1'];
    const failed = await train(...argv, '--out', join(folder, 'failed'));
    expect(failed.exitCode).toBe(2);
    expect(failed.stderr).toMatch(/000001\.xml/);
    const skipped = await train(...argv, '--on-bad-box', 'skip', '--out', join(folder, 'skipped'));
    expect(skipped.exitCode).toBe(0);
    expect(skipped.stderr).toMatch(/1 boxes left out/);
    writeFileSync(annotation, text);
  });
});
