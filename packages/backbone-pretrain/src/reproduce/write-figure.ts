import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeRunFile } from '@featuremine/training';
import { epochFigure, sampleFigure } from './accuracy-figures';
import { activationMapFigure } from './class-activation-maps';
import type { FigureFiles } from './figure-files';
import { activationFigure } from './stage-activations';
import type { MeasuredTable } from './table-text';

/** What a figure is drawn from besides the results of its runs. */
const SOURCES: Readonly<Record<string, string>> = {
  'figure-2': 'weights.safetensors',
  'figure-4': 'weights.safetensors',
  'figure-5': 'metrics.jsonl',
};

/**
 * Writes `<key>.svg` and `<key>.csv` of a figure from the first seed's runs (figure 6: from all seeds); rows that are
 * not finished are left out, and so is a figure of runs of which only the results were kept. Returns the paths.
 */
export async function writeFigure(measured: MeasuredTable, folder: string): Promise<string[]> {
  const { key, title } = measured.table;
  const runs = measured.results
    .map(({ plan }) => ({ title: plan.row.title, run: join(folder, plan.name, 'seed-0') }))
    .filter(({ run }) => existsSync(join(run, 'summary.json')));
  const source = SOURCES[key] ?? 'summary.json';
  if (runs.length === 0 || !runs.every(({ run }) => existsSync(join(run, source)))) return [];
  const files = await figureOf(key, { title, runs, measured });
  const paths = [join(folder, `${key}.svg`), join(folder, `${key}.csv`)];
  writeRunFile(paths[0], files.svg);
  writeRunFile(paths[1], files.csv);
  return paths;
}

function figureOf(
  key: string,
  { title, runs, measured }: { title: string; runs: { title: string; run: string }[]; measured: MeasuredTable },
): Promise<FigureFiles> | FigureFiles {
  switch (key) {
    case 'figure-2':
      return activationMapFigure(runs);
    case 'figure-4':
      return activationFigure(runs);
    case 'figure-5':
      return epochFigure(runs, title);
    default:
      return sampleFigure(measured.results, title);
  }
}
