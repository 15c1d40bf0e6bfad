import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { runCommand, formatTable, type CommandRun } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { readJsonIfSound } from '@featuremine/files';
import { formatSpread, spreadOf, writeRunFile } from '@featuremine/training';
import { dataReader } from './data-record';
import { PAPER_DATA } from './paper-data';
import { formatPaper, type PaperNumber } from './paper-row';
import { CHAIN_PROGRAM, repositoryProgram } from './repository';
import type { ReproduceOptions } from './reproduce-options';
import type { Scale } from './scale';
import { markdownTable, rowCommand } from './table-text';

/** Where table 7 gets its data and settings from. */
export interface ChainTableOptions {
  readonly scale: Scale;
  readonly data: string;
  /** VOCdevkit folder; at full scale `VOCdevkit` in the data folder if not given. */
  readonly voc: string | undefined;
  readonly vocTrain: string | undefined;
  readonly vocTest: string | undefined;
  readonly recipes: string;
  readonly seeds: number;
  /** Folder of all rows. */
  readonly folder: string;
  readonly precision: string;
  readonly workers: number;
}

/** A row of table 7: mAP on VOC's test set in %. */
export interface ChainRow {
  readonly title: string;
  readonly paper?: PaperNumber;
  readonly mAP: readonly number[];
}

/** Table 7 as far as it is known. */
export interface ChainTable {
  readonly rows: readonly ChainRow[];
  /** What is smaller than in the paper. */
  readonly scaledDown: string;
  /** The classification data's name; undefined before the chain has ended. */
  readonly data?: string;
}

/** What is kept of a chain that has ended, as table-7.json. */
interface KeptChain {
  /** What must be the same for its results to stand: command, data. */
  readonly settings: Readonly<Record<string, string>>;
  readonly scaledDown: string;
  readonly data: string;
  readonly results: readonly { readonly arm: string; readonly seed: number; readonly mAP: number }[];
}

const FILE = 'table-7.json';

const ARMS = [
  { arm: 'none', title: 'no backbone' },
  { arm: 'baseline', title: 'baseline', paper: { mean: 70.14, deviation: 0.17 } },
  { arm: 'fm', title: 'FM-pretrained weights', paper: { mean: 71.11, deviation: 0.14 } },
] as const;

// Tiny: two epochs of pretraining, three of fine-tuning.
const SMALLER: Readonly<Record<'mini' | 'smoke', readonly string[]>> = {
  mini: ['--pretrain-epochs', '2', '--epochs', '3'],
  smoke: ['--pretrain-epochs', '1', '--epochs', '1', '--set', 'pretrain.samplesPerClass=1'],
};

/** What is smaller than in the paper. */
export function chainScaledDown({ scale, vocTrain, vocTest }: ChainTableOptions): string {
  if (scale === 'full') return '';
  return (
    `ResNet-18 at 128 px, pretrained on the images given as --data (${SMALLER[scale][1]} epochs for 300); detector at ` +
    `256 px, ${SMALLER[scale][3]} epochs, trained and tested on ${vocTrain ?? 'a part'} and ${vocTest ?? 'a part'} of the ` +
    'devkit given as --voc'
  );
}

/** The command of table 7: the chain with all three arms. @throws ConfigError without a devkit, or the repository */
export function chainCommand(options: ChainTableOptions): CommandRun {
  const { scale, data, recipes, seeds, folder, precision, workers } = options;
  const { voc, train, test } = vocOf(options);
  const settings =
    scale === 'full'
      ? [
          '--config',
          join(recipes, 'voc-retinanet-chain.json'),
          '--classify',
          `imagenet:${join(data, PAPER_DATA['imagenet'].folder)}@224`,
        ]
      : ['--classify', `cifar100:${data}@128`, '--model', 'resnet18', '--image-size', '256', ...SMALLER[scale]];
  return {
    bin: repositoryProgram(CHAIN_PROGRAM, 'table 7'),
    argv: [
      ...['--compare', '--seeds', String(seeds), ...settings, '--voc', voc],
      ...['--train', train, '--test', test],
      ...['--on-bad-box', 'skip', '--precision', precision, '--workers', String(workers)],
      ...['--out', join(folder, 'table-7')],
    ],
  };
}

/** Reads what the chain needs. @throws ConfigError when it is missing, or another chain was kept in the folder */
export function checkChainTable(options: ChainTableOptions): void {
  chainCommand(options);
  settingsOf(options);
}

/** Gives table 7, by the chain unless all of it was run before (what is finished is not run again). @throws CommandFailure */
export async function runChainTable(options: ChainTableOptions): Promise<ChainTable> {
  const { scale, data, folder, seeds } = options;
  const settings = settingsOf(options);
  const kept = readKept(folder)?.results ?? [];
  const isKnown = (arm: string, seed: number): boolean => kept.some((is) => is.arm === arm && is.seed === seed);
  if (ARMS.every(({ arm }) => Array.from({ length: seeds }, (_, seed) => isKnown(arm, seed)).every(Boolean))) {
    return readChainTable(options);
  }
  if (scale === 'full') takeBackbones(options);
  await runCommand(chainCommand(options));
  const { results } = JSON.parse(readFileSync(join(folder, 'table-7', 'results.json'), 'utf8')) as {
    results: readonly { readonly arm: string; readonly seed: number; readonly scores: { readonly mAP: number } }[];
  };
  const content: KeptChain = {
    ...{ settings, scaledDown: chainScaledDown(options), data: basename(resolve(data)) },
    results: results.map(({ arm, seed, scores }) => ({ arm, seed, mAP: scores.mAP })),
  };
  writeRunFile(join(folder, FILE), `${JSON.stringify(content)}\n`);
  return readChainTable(options);
}

/** Table 7 as far as it was run in the folder of all rows. */
export function readChainTable(options: ChainTableOptions): ChainTable {
  const kept = readKept(options.folder);
  const rows = ARMS.map(({ arm, ...row }) => ({
    ...row,
    mAP: (kept?.results ?? []).filter((result) => result.arm === arm).map(({ mAP }) => 100 * mAP),
  }));
  if (kept === undefined) return { rows, scaledDown: chainScaledDown(options) };
  return { rows, scaledDown: kept.scaledDown, data: kept.data };
}

/** The command without what says where things lie, and the data. @throws ConfigError when another chain was kept in the folder */
export function settingsOf(options: ChainTableOptions): Record<string, string> {
  const { scale, data, folder } = options;
  const { argv } = chainCommand({ ...options, data: 'DIR', voc: 'VOC', folder: '', recipes: '', seeds: 1, workers: 0 });
  const source =
    scale === 'full'
      ? { dataset: 'imagenet', data: join(data, PAPER_DATA['imagenet'].folder) }
      : { dataset: 'cifar100', data };
  const { training, test } = dataReader()(source);
  const settings = { command: argv.join(' '), training, test, voc: hashOfSets(options) };
  const kept: KeptChain['settings'] = readKept(folder)?.settings ?? settings;
  const changed = Object.entries(settings).filter(([key, value]) => kept[key] !== value);
  if (changed.length === 0) return settings;
  throw new ConfigError({
    where: join(folder, FILE),
    found: `a chain with other options (${changed.map(([key, value]) => `${key}: ${kept[key]}, not ${value}`).join('; ')})`,
    fix: 'Give --out another folder, or remove this file and the folder table-7 beside it',
  });
}

// The names of the images stand for the devkit. @throws ConfigError for image sets that are not there
function hashOfSets(options: ChainTableOptions): string {
  const { voc, sets } = vocOf(options);
  const hash = createHash('sha256');
  for (const set of sets) {
    const [year, name] = set.split('/');
    const path = join(voc, `VOC${year}`, 'ImageSets', 'Main', `${name}.txt`);
    if (!existsSync(path)) {
      const fix = 'Check --voc, --voc-train and --voc-test';
      throw new ConfigError({ where: 'table 7', found: `no file ${path}`, expected: `the image set ${set}`, fix });
    }
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}

// Where the devkit is, and its image sets. @throws ConfigError without a devkit
function vocOf({ scale, data, voc, vocTrain, vocTest }: ChainTableOptions): {
  readonly voc: string;
  readonly train: string;
  readonly test: string;
  readonly sets: readonly string[];
} {
  const isFull = scale === 'full';
  const folder = voc ?? (isFull ? join(data, 'VOCdevkit') : undefined);
  const train = vocTrain ?? (isFull ? '2007/trainval,2012/trainval' : undefined);
  const test = vocTest ?? (isFull ? '2007/test' : undefined);
  if (folder === undefined || train === undefined || test === undefined) {
    throw new ConfigError({
      where: 'table 7',
      found: 'no detection data',
      expected: '--voc DEVKIT --voc-train SETS --voc-test SETS',
      fix: 'Add them, for example --voc VOCdevkit --voc-train 2007/train --voc-test 2007/test',
    });
  }
  return { voc: folder, train, test, sets: [...train.split(','), ...test.split(',')] };
}

function readKept(folder: string): KeptChain | undefined {
  return readJsonIfSound(join(folder, FILE)) as KeptChain | undefined;
}

/** Table 7 as text, or as Markdown with its command. */
export function chainText(
  { rows, scaledDown }: ChainTable,
  options: ReproduceOptions,
  format: 'text' | 'markdown',
): string {
  const titles = ['row', 'paper', 'measured', 'seeds'];
  const body = rows.map(({ title, paper, mAP }) => [
    title,
    formatPaper(paper),
    mAP.length === 0 ? 'not run' : formatSpread(spreadOf(mAP), 2),
    String(mAP.length),
  ]);
  const heading = 'Table 7: RetinaNet, VOC07 mAP in %';
  const note = scaledDown === '' ? [] : ['', `Scaled down: ${scaledDown}.`];
  if (format === 'text')
    return [heading, formatTable({ columns: titles.map((title) => ({ title })), rows: body }), ...note.slice(1)].join(
      '\n',
    );
  const { vocTrain = 'SETS', vocTest = 'SETS' } = options;
  const words = ['--table 7', '--voc DEVKIT', `--voc-train ${vocTrain}`, `--voc-test ${vocTest}`];
  return [
    ...[`### ${heading}`, '', `\`${rowCommand(words, options)}\``, ''],
    ...[...markdownTable(titles, body, 1), ...note],
  ].join('\n');
}

// Table 5's trainings are table 7's pretrainings: the chain finds those that are finished in its own place.
function takeBackbones({ folder, seeds }: ChainTableOptions): void {
  for (let seed = 0; seed < seeds; seed++) {
    for (const [arm, recipe] of [
      ['baseline', 'imagenet-resnet50-baseline'],
      ['fm', 'imagenet-resnet50-fm2'],
    ] as const) {
      const run = resolve(folder, recipe, `seed-${seed}`);
      const place = resolve(folder, 'table-7', `seed-${seed}`, arm);
      if (!existsSync(join(run, 'weights.safetensors')) || existsSync(join(place, 'backbone'))) continue;
      mkdirSync(place, { recursive: true });
      symlinkSync(relative(place, run), join(place, 'backbone'), 'dir');
    }
  }
}
