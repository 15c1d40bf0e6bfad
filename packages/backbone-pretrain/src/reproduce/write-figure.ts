import { join } from 'node:path';
import { writeRunFile } from '@featuremine/training';
import { openTestData } from '../classification-data';
import { trainSchema } from '../training-options';
import { epochFigure, sampleFigure } from './accuracy-figures';
import { activationMapFigure, shownImages } from './class-activation-maps';
import type { FigureFiles } from './figure-files';
import { readFigureNumbers, type FigureNumbers } from './figure-numbers';
import { activationFigure } from './stage-activations';
import type { MeasuredTable } from './table-text';

/**
 * Writes `<key>.svg` and `<key>.csv` of a figure from the first seed's runs (figure 6: from all seeds). Nothing is written
 * before all of its rows have ended. Returns the paths. Errors as `openTestData` for figure 2, which shows images.
 */
export async function writeFigure(measured: MeasuredTable, folder: string): Promise<string[]> {
  const { table, results } = measured;
  if (results.some(({ cells }) => cells.length === 0)) return [];
  const files = await figureOf(measured, folder);
  if (files === undefined) return [];
  const paths = [join(folder, `${table.key}.svg`), join(folder, `${table.key}.csv`)];
  writeRunFile(paths[0], files.svg);
  writeRunFile(paths[1], files.csv);
  return paths;
}

async function figureOf({ table, results }: MeasuredTable, folder: string): Promise<FigureFiles | undefined> {
  switch (table.key) {
    case 'figure-2': {
      const networks = gathered(results, folder, 2)?.map(([title, activations]) => ({ title, activations }));
      const test = (): ReturnType<typeof openTestData> =>
        openTestData(trainSchema.parse({ ...results[0].plan.options, out: 'none' }));
      return networks && activationMapFigure(networks, await shownImages(test()));
    }
    case 'figure-4': {
      const networks = gathered(results, folder, 4)?.map(([title, stages]) => ({ title, stages }));
      return networks && activationFigure(networks);
    }
    case 'figure-5': {
      const runs = gathered(results, folder, 5)?.map(([title, epochs]) => ({ title, epochs }));
      return runs && epochFigure(runs, table.title);
    }
    default:
      return sampleFigure(results, table.title);
  }
}

// Of all rows, or undefined where one has none: it was trained by hand.
function gathered<N extends keyof FigureNumbers>(
  results: MeasuredTable['results'],
  folder: string,
  number: N,
): (readonly [title: string, numbers: FigureNumbers[N]])[] | undefined {
  const all = results.flatMap(({ plan }) => {
    const numbers = readFigureNumbers(join(folder, plan.name, 'seed-0'), number);
    return numbers === undefined ? [] : [[plan.row.title, numbers] as const];
  });
  return all.length === results.length ? all : undefined;
}
