import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { runCommand, formatTable, type CommandRun } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { formatSpread, spreadOf } from '@featuremine/training';
import { PAPER_DATA } from './paper-data';
import { formatPaper, type PaperNumber } from './paper-row';
import { REPOSITORY } from './recipe-file';
import type { Scale } from './scale';

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
    `256 px, ${SMALLER[scale][3]} epochs, trained on ${vocTrain} and tested on ${vocTest} of the devkit given as --voc`
  );
}

/** The command of table 7: the chain with all three arms. @throws ConfigError without a devkit */
export function chainCommand(options: ChainTableOptions): CommandRun {
  const { scale, data, recipes, seeds, folder, precision, workers } = options;
  const voc = options.voc ?? (scale === 'full' ? join(data, 'VOCdevkit') : undefined);
  if (voc === undefined || (scale !== 'full' && (options.vocTrain === undefined || options.vocTest === undefined))) {
    throw new ConfigError({
      where: 'table 7',
      found: 'no detection data',
      expected: '--voc DEVKIT --voc-train SETS --voc-test SETS',
      fix: 'Add them, for example --voc VOCdevkit --voc-train 2007/train --voc-test 2007/test',
    });
  }
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
    bin: join(REPOSITORY, 'scripts', 'chain', 'main.mjs'),
    argv: [
      ...['--compare', '--seeds', String(seeds), ...settings, '--voc', voc],
      ...['--train', options.vocTrain ?? '2007/trainval,2012/trainval', '--test', options.vocTest ?? '2007/test'],
      ...['--on-bad-box', 'skip', '--precision', precision, '--workers', String(workers)],
      ...['--out', join(folder, 'table-7')],
    ],
  };
}

/** Runs the chain (what is finished is not run again) and gives table 7. @throws CommandFailure */
export async function runChainTable(options: ChainTableOptions): Promise<ChainRow[]> {
  const command = chainCommand(options);
  if (options.scale === 'full') takeBackbones(options);
  await runCommand(command);
  return readChainTable(options.folder)!;
}

/** Table 7 as far as it is finished in the folder of all rows; undefined before. */
export function readChainTable(folder: string): ChainRow[] | undefined {
  const path = join(folder, 'table-7', 'results.json');
  if (!existsSync(path)) return undefined;
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as {
    results: readonly { readonly arm: string; readonly scores: { readonly mAP: number } }[];
  };
  return ARMS.map(({ arm, ...row }) => ({
    ...row,
    mAP: results.filter((result) => result.arm === arm).map(({ scores }) => 100 * scores.mAP),
  }));
}

/** Table 7 as text, or as Markdown. */
export function chainText(rows: readonly ChainRow[], scaledDown: string, format: 'text' | 'markdown'): string {
  const titles = ['row', 'paper', 'measured', 'seeds'];
  const body = rows.map(({ title, paper, mAP }) => [
    title,
    formatPaper(paper),
    mAP.length === 0 ? 'not run' : formatSpread(spreadOf(mAP), 2),
    String(mAP.length),
  ]);
  const heading = 'Table 7: RetinaNet, VOC07 mAP in %';
  const note = scaledDown === '' ? '' : `\nScaled down: ${scaledDown}.`;
  if (format === 'text')
    return `${heading}\n${formatTable({ columns: titles.map((title) => ({ title })), rows: body })}${note}`;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`### ${heading}`, '', line(titles), line(titles.map(() => '---')), ...body.map(line), note].join('\n');
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
