import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatTable } from '@featuremine/command-line';
import { readJsonIfSound } from '@featuremine/files';
import { medianInterval, writeRunFile } from '@featuremine/training';
import { measureOverhead } from './overhead';
import { STEP_PROGRAM } from './repository';
import type { Scale } from './scale';
import { markdownTable } from './table-text';

/** A row of table 10. */
export interface OverheadRow {
  readonly title: string;
  /** Paper: seconds of a step and MB, on an M40 GPU. */
  readonly paper: { readonly seconds: number; readonly memoryMb: number };
  /** Median of a step. */
  readonly seconds: number;
  /** Against the baseline's step of the same round, with the 95 % interval; 1 for the baseline. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number };
  /** Peak of a process that makes such steps only; absent without this repository's bench. */
  readonly memoryMb?: number;
}

const FILE = 'table-10.json';

const PAPER = [
  { title: 'baseline', seconds: 0.094, memoryMb: 1740 },
  { title: 'FM 1 layer', seconds: 0.098, memoryMb: 1773 },
  { title: 'FM 2 layers', seconds: 0.113, memoryMb: 1959 },
] as const;

const ROUNDS: Readonly<Record<Scale, number>> = { full: 300, mini: 40, smoke: 6 };
const SETTING = { model: 'resnet56', imageSize: 32, batchSize: 128, numClasses: 100, precision: 'float32' } as const;

/** Table 10 if it was measured before in the folder of all rows. */
export function readOverheadTable(folder: string): OverheadRow[] | undefined {
  return readJsonIfSound(join(folder, FILE)) as OverheadRow[] | undefined;
}

/**
 * Table 10: the cost of Feature Mining in time and memory, ResNet-56, batches of 128. It is measured once for a folder,
 * where it is kept as table-10.json.
 */
export async function overheadTable(
  folder: string,
  { scale, threads }: { readonly scale: Scale; readonly threads?: number | undefined },
): Promise<OverheadRow[]> {
  const known = readOverheadTable(folder);
  if (known !== undefined) return known;
  const rows = await measureRows(scale, threads);
  writeRunFile(join(folder, FILE), `${JSON.stringify(rows, null, 1)}\n`);
  return rows;
}

async function measureRows(scale: Scale, threads: number | undefined): Promise<OverheadRow[]> {
  const { plain, mined } = await measureOverhead({
    ...SETTING,
    threads,
    stages: [1, 2],
    rounds: ROUNDS[scale],
    warmup: 3,
  });
  return [plain, ...mined].map((stepMs, stages) => {
    const memoryMb = peakMemoryMb(stages, threads);
    const { title, ...paper } = PAPER[stages];
    return {
      title,
      paper,
      seconds: medianInterval(stepMs).median / 1000,
      ratio: medianInterval(stepMs.map((ms, round) => ms / plain[round])),
      ...(memoryMb === undefined ? {} : { memoryMb }),
    };
  });
}

/** Table 10 as text, or as Markdown. */
export function overheadText(rows: readonly OverheadRow[], format: 'text' | 'markdown'): string {
  const titles = ['row', 'paper s', 'paper ratio', 's', 'ratio (95 %)', 'paper MB', 'paper ratio', 'MB', 'ratio'];
  const heading =
    'Table 10: cost of a training step, ResNet-56, 128 images of 32 px (paper: one M40 GPU; here: this machine)';
  const first = rows[0];
  if (first === undefined) return format === 'text' ? `${heading}\nnot run` : `### ${heading}\n\nNot run.`;
  const body = rows.map(({ title, paper, seconds, ratio, memoryMb }) => [
    title,
    paper.seconds.toFixed(3),
    (paper.seconds / first.paper.seconds).toFixed(2),
    seconds.toFixed(3),
    `${ratio.median.toFixed(3)} (${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)})`,
    String(paper.memoryMb),
    (paper.memoryMb / first.paper.memoryMb).toFixed(2),
    memoryMb?.toFixed(0) ?? '–',
    memoryMb === undefined ? '–' : (memoryMb / first.memoryMb!).toFixed(3),
  ]);
  if (format === 'text')
    return `${heading}\n${formatTable({ columns: titles.map((title) => ({ title })), rows: body })}`;
  return [
    ...[`### ${heading}`, '', '`backbone-pretrain reproduce --table 10`', ''],
    ...markdownTable(titles, body, 1),
  ].join('\n');
}

function peakMemoryMb(mining: number, threads: number | undefined): number | undefined {
  const options = { ...SETTING, mining, steps: 3, warmup: 2, ...(threads === undefined ? {} : { threads }) };
  const { stdout, status } = spawnSync(process.execPath, [STEP_PROGRAM, JSON.stringify(options)], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  return (JSON.parse(stdout.trim().split('\n').at(-1)!) as { peakRssMb: number }).peakRssMb;
}
