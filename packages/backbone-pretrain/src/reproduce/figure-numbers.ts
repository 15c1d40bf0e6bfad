import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfSound } from '@featuremine/files';
import { metricSeries, readMetrics, writeRunFile } from '@featuremine/training';
import { classActivations, type ClassActivation } from './class-activation-maps';
import { paperFigure } from './paper-figures';
import type { RowPlan, Scale } from './scale';
import { stageActivations, type StageActivations } from './stage-activations';

/** What a figure is drawn from, besides scores: of each run, by the figure's number. */
export interface FigureNumbers {
  /** For each image. */
  readonly 2: readonly ClassActivation[];
  /** Of each stage. */
  readonly 4: readonly StageActivations[];
  /** Held-out top-1 (0…1) after these epochs. */
  readonly 5: { readonly epochs: readonly number[]; readonly top1: readonly number[] };
}

// Each from a finished run folder.
const GATHER: { readonly [N in keyof FigureNumbers]: (run: string) => FigureNumbers[N] | Promise<FigureNumbers[N]> } = {
  2: classActivations,
  4: stageActivations,
  5: (run) => {
    const { x, y } = metricSeries(readMetrics(run), { kind: 'epoch', name: 'top1' });
    return { epochs: x, top1: y };
  },
};

/** Gathers what figures need of a run that has just finished, as `figure-<number>.json` in its folder: small, to be kept. */
export async function gatherFigureNumbers({ name }: RowPlan, run: string, scale: Scale): Promise<void> {
  for (const number of [2, 4, 5] as const) {
    const isShown = paperFigure(number, scale).rows.some(({ recipe }) => recipe === name);
    if (!isShown || readFigureNumbers(run, number) !== undefined || !existsSync(join(run, 'weights.safetensors')))
      continue;
    writeRunFile(fileOf(run, number), `${JSON.stringify(await GATHER[number](run))}\n`);
  }
}

/** What was gathered of a run; undefined when it was not. */
export function readFigureNumbers<N extends keyof FigureNumbers>(run: string, number: N): FigureNumbers[N] | undefined {
  return readJsonIfSound(fileOf(run, number)) as FigureNumbers[N] | undefined;
}

function fileOf(run: string, number: keyof FigureNumbers): string {
  return join(run, `figure-${number}.json`);
}
