import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompiledModel } from '@featuremine/tensor-graph';
import { measureOverhead } from '../../../src/reproduce/overhead';
import { silentLogger } from '@featuremine/command-line';
import {
  chainCommand,
  chainText,
  checkChainTable,
  readChainTable,
  runChainTable,
  settingsOf,
  type ChainTableOptions,
} from '../../../src/reproduce/chain-table';
import { devkitLayoutText, layoutText, planTable, planText } from '../../../src/reproduce/full-plan';
import { overheadText, readOverheadTable } from '../../../src/reproduce/overhead-table';
import { PAPER_TABLES } from '../../../src/reproduce/paper-tables';
import { RECIPE_FOLDER, repositoryProgram } from '../../../src/reproduce/repository';
import { reproduceSchema } from '../../../src/reproduce/reproduce-options';
import { readRow } from '../../../src/reproduce/row-result';
import { planRow, type RowPlan } from '../../../src/reproduce/scale';
import { StepSpeeds } from '../../../src/reproduce/step-speed';
import { tableMarkdown, tableText } from '../../../src/reproduce/table-text';
import { resolved } from '../../../src/reproduce/training-cell';
import { writeCifar100 } from '../../cifar100';
import { temporaryFolder } from '../../stripes';

jest.setTimeout(60_000);

const table = PAPER_TABLES.find(({ key }) => key === 'table-9')!;
const planOf = (id: string, scale: 'full' | 'mini' = 'mini'): RowPlan => {
  const row = table.rows.find((candidate) => candidate.id === id)!;
  return planRow(row, { scale, data: 'd', recipes: RECIPE_FOLDER, common: {} });
};

/** A finished training of a plan, as `train` leaves it. */
function finish(
  folder: string,
  { name, options }: RowPlan,
  { seed, best, last }: { seed: number; best: number; last: number },
): void {
  const run = join(folder, name, `seed-${seed}`);
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'config.json'), JSON.stringify(resolved({ folder: run, options, seed })));
  const epoch = (top1: number) => ({ epoch: 3, metrics: { top1 } });
  const size = { classNames: ['a', 'b', 'c', 'd'], trainImages: 40, testImages: 4, epochs: 3, steps: 9, seconds: 90 };
  writeFileSync(
    join(run, 'summary.json'),
    JSON.stringify({ stoppedBy: 'finished', best: epoch(best), last: epoch(last), ...size }),
  );
}

describe('tableText', () => {
  const folder = temporaryFolder();
  finish(folder, planOf('resnet56-fm1'), { seed: 0, best: 0.5, last: 0.4 });
  finish(folder, planOf('resnet56-fm1'), { seed: 1, best: 0.52, last: 0.4 });
  const results = ['resnet56-baseline', 'resnet56-fm1'].map((id) => readRow(planOf(id), { folder, seeds: 2 }));

  it('puts the paper beside mean and deviation of what is finished, and says what is smaller', () => {
    const [title, , , baseline, mined, note] = tableText({ table, results }).split('\n');
    expect(title).toBe('Table 9: CIFAR-100, ablation');
    expect(baseline).toMatch(/^ResNet-56, baseline +73\.71 ± 0\.28 +not run +0 +\(1\)$/);
    expect(mined).toMatch(
      /^ResNet-56, FM 1 layer +74\.55 ± 0\.11 +51\.00 ± 1\.41 +40\.00 ± 0\.00 +25\.0 +1\.5 +2 +\(1\)$/,
    );
    expect(note).toBe('(1) the images given as --data at 32 px for CIFAR-100; 30 of 300 epochs');
  });

  it('is a Markdown table too, with the command of each row', () => {
    const options = reproduceSchema.parse({ table: ['all'], precision: 'bfloat16' });
    expect(tableMarkdown({ table, results }, options)).toContain(
      '| resnet56-fm1 | `backbone-pretrain reproduce --table 9 --rows resnet56-fm1 --data DIR --precision bfloat16` ' +
        '| the images given as --data at 32 px for CIFAR-100; 30 of 300 epochs ' +
        '| 74.55 ± 0.11 | 51.00 ± 1.41 | 40.00 ± 0.00 | 25.0 | 1.5 | 2 |',
    );
  });
});

describe('planTable', () => {
  it('measures a step, keeps its speed, and estimates the row', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'speeds.json');
    const plan = planOf('resnet56-fm2', 'full');
    const quick = { ...plan, options: { ...plan.options, model: 'resnet20', batchSize: 4, threads: 2 } };
    const speeds = new StepSpeeds(path, silentLogger);
    const [row] = await planTable([quick], { scale: 'full', seeds: 4, speeds });
    // 300 epochs of 50,000 images, and 10,000 / 3 after each.
    expect(row.seconds).toBeCloseTo((4 * (300 * 50_000 + 1e6)) / row.imagesPerSecond, 3);
    expect(Object.values(JSON.parse(readFileSync(path, 'utf8')) as object)).toEqual([row.imagesPerSecond]);
    expect(await new StepSpeeds(path, silentLogger).of(quick.options, 100)).toBe(row.imagesPerSecond);
    writeFileSync(path, '{"half a line');
    expect(await new StepSpeeds(path, silentLogger).of(quick.options, 100)).toBeGreaterThan(0); // Measured anew.
    expect(planText(table, [row])).toMatch(
      /epochs 300, batchSize 4, lr 0.1, decayEpochs 150\+225, weightDecay 0.0001, featureMining 2/,
    );
  });
});

describe('layoutText', () => {
  it('says what must lie where, once for each data set', () => {
    const text = layoutText([planOf('resnet56-fm1', 'full'), planOf('resnet56-fm2', 'full')]);
    expect(text.split('\n')[0]).toBe('CIFAR-100: d/cifar-100-binary/ (missing; cifar-100-binary.tar.gz, unpacked)');
    expect(text.match(/train\.bin/g)).toHaveLength(1);
  });

  it('says what of VOC must lie where', () => {
    expect(devkitLayoutText('/nowhere/VOCdevkit')).toMatch(
      /^VOC 2007 and 2012: .nowhere.VOCdevkit\/ \(missing; VOCtrainval/,
    );
  });
});

describe('table 7', () => {
  const options = (change: Partial<ChainTableOptions>): ChainTableOptions => ({
    ...{ scale: 'mini', data: 'd', voc: 'kit', vocTrain: '2007/a', vocTest: '2007/b', recipes: 'r', seeds: 2 },
    ...{ folder: 'out', precision: 'float32', workers: 1 },
    ...change,
  });

  it('is the chain on the stand-in’s images and the devkit at mini scale', () => {
    expect(chainCommand(options({})).argv.join(' ')).toBe(
      '--compare --seeds 2 --classify cifar100:d@128 --model resnet18 --image-size 256 --pretrain-epochs 2 --epochs 3 ' +
        '--voc kit --train 2007/a --test 2007/b --on-bad-box skip --precision float32 --workers 1 --out out/table-7',
    );
  });

  it('is the paper’s data with its recipe at full scale', () => {
    const { argv } = chainCommand(options({ scale: 'full', voc: undefined, vocTrain: undefined, vocTest: undefined }));
    expect(argv.join(' ')).toMatch(
      /--config r\/voc-retinanet-chain\.json --classify imagenet:d\/imagenet@224 --voc d\/VOCdevkit --train 2007\/trainval,2012\/trainval --test 2007\/test/,
    );
  });

  it('needs the repository', () => {
    expect(() => repositoryProgram('/installed/scripts/chain/main.mjs', 'table 7')).toThrow(
      'table 7: no file /installed/scripts/chain/main.mjs, expected the repository around backbone-pretrain. Run this in',
    );
  });

  it('needs a devkit at mini scale', () => {
    expect(() => chainCommand(options({ voc: undefined }))).toThrow(/--voc DEVKIT/);
  });

  it('is not run again when all arms and seeds are known with the same options', async () => {
    const given = options({ folder: temporaryFolder(), voc: writeSets(), data: writeCifar100(), seeds: 1 });
    expect(readChainTable(given).rows.map(({ mAP }) => mAP)).toEqual([[], [], []]);
    const settings = settingsOf(given);
    const results = ['none', 'baseline', 'fm'].map((arm) => ({ arm, seed: 0, mAP: 0.71 }));
    const keep = (kept: object) =>
      writeFileSync(
        join(given.folder, 'table-7.json'),
        JSON.stringify({ ...{ settings, scaledDown: 'small', data: 'd', results }, ...kept }),
      );
    keep({});
    const known = await runChainTable(given);
    expect(existsSync(join(given.folder, 'table-7'))).toBe(false);
    const text = chainText(known, reproduceSchema.parse({ voc: 'kit', vocTrain: '2007/a' }), 'markdown');
    expect(text).toContain('| FM-pretrained weights | 71.11 ± 0.14 | 71.00 | 1 |');
    expect(text).toContain(
      '`backbone-pretrain reproduce --table 7 --voc DEVKIT --voc-train 2007/a --voc-test SETS --data DIR --precision float32`',
    );
    keep({ settings: { ...settings, voc: 'another' } });
    expect(() => checkChainTable(given)).toThrow(/voc: another, not/);
    writeFileSync(join(given.folder, 'table-7.json'), '{"settings": {');
    expect(readChainTable(given).rows.map(({ mAP }) => mAP)).toEqual([[], [], []]);
  });

  it('names image sets that are not there', () => {
    const given = options({ folder: temporaryFolder(), voc: writeSets(), data: writeCifar100(), vocTest: '2007/c' });
    expect(() => checkChainTable(given)).toThrow(
      /no file .*2007.ImageSets.Main.c\.txt, expected the image set 2007\/c/,
    );
  });
});

/** A devkit's image sets a and b. */
function writeSets(): string {
  const folder = join(temporaryFolder(), 'VOCdevkit');
  const sets = join(folder, 'VOC2007', 'ImageSets', 'Main');
  mkdirSync(sets, { recursive: true });
  for (const name of ['a', 'b']) writeFileSync(join(sets, `${name}.txt`), '000001\n');
  return folder;
}

describe('table 10', () => {
  it('is not known where its kept file is damaged', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'table-10.json'), '[{"title"');
    expect(readOverheadTable(folder)).toBeUndefined();
  });

  it('frees its models when a step fails', async () => {
    const dispose = jest.spyOn(CompiledModel.prototype, 'dispose');
    const sizes = { model: 'resnet20', imageSize: 32, batchSize: -1, numClasses: 10 } as const;
    const options = { ...sizes, precision: 'float32', stages: [1], rounds: 1, warmup: 0 } as const;
    await expect(measureOverhead(options)).rejects.toThrow();
    expect(dispose).toHaveBeenCalledTimes(2);
    dispose.mockRestore();
  });

  it('has ratios of time and memory beside the paper’s', () => {
    const row = (title: string, memoryMb: number, median: number, paper: { seconds: number; memoryMb: number }) => ({
      ...{ title, paper, seconds: 0.25 * median, ratio: { median, low: median - 0.01, high: median + 0.01 }, memoryMb },
    });
    const rows = [
      row('baseline', 1000, 1, { seconds: 0.094, memoryMb: 1740 }),
      row('FM 2 layers', 1020, 1.04, { seconds: 0.113, memoryMb: 1959 }),
    ];
    expect(overheadText(rows, 'markdown')).toContain(
      '| FM 2 layers | 0.113 | 1.20 | 0.260 | 1.040 (1.030 to 1.050) | 1959 | 1.13 | 1020 | 1.020 |',
    );
  });
});
