import { readdirSync } from 'node:fs';
import { PAPER_DATA } from '../../../src/reproduce/paper-data';
import { paperFigure } from '../../../src/reproduce/paper-figures';
import { PAPER_TABLES } from '../../../src/reproduce/paper-tables';
import { readRecipe } from '../../../src/reproduce/recipe-file';
import { RECIPE_FOLDER } from '../../../src/reproduce/repository';
import { trainSchema } from '../../../src/training-options';

const figures = ([2, 4, 5, 6] as const).map((number) => paperFigure(number, 'full'));
const rows = [...PAPER_TABLES, ...figures].flatMap((table) => table.rows);

describe('PAPER_TABLES', () => {
  it('has every row of the paper once', () => {
    const counts = Object.fromEntries(PAPER_TABLES.map(({ key, rows: { length } }) => [key, length]));
    expect(counts).toEqual({
      ...{ 'table-1': 36, 'table-2': 6, 'table-3': 8, 'table-4': 7, 'table-5': 2, 'table-6': 4 },
      ...{ 'table-8': 8, 'table-9': 7 },
    });
    for (const table of PAPER_TABLES) expect(new Set(table.rows.map(({ id }) => id)).size).toBe(table.rows.length);
  });

  // Typed out from the paper, one of each table.
  it.each([
    ['table-1', 'wrn-28-10-dropblock', 79.44, 0.24],
    ['table-1', 'resnet164-fm1', 76.51, 0.13],
    ['table-2', 'resnet110-fm2-cs-kd', 77.68, 0.11],
    ['table-3', 'resnet164-fm2-mixup', 81.04, 0.2],
    ['table-4', 'resnet110-byot', 63.03, 0.17],
    ['table-5', 'resnet50-fm2', 77.26, 0.04],
    ['table-6', 'resnet50-fm2', 76.26, 0.27],
    ['table-8', 'pair-0.5-fm2', 38.78, undefined],
    ['table-9', 'resnet56-channels', 74.01, 0.17],
  ])('gives %s, %s %f ± %f', (key, id, mean, deviation) => {
    const row = PAPER_TABLES.find((table) => table.key === key)!.rows.find((candidate) => candidate.id === id)!;
    expect(row.paper).toEqual(deviation === undefined ? { mean } : { mean, deviation });
  });
});

describe('the recipes', () => {
  it('are there for every row, and every recipe belongs to a row', () => {
    const used = new Set(rows.map(({ recipe }) => `${recipe}.json`));
    const files = readdirSync(RECIPE_FOLDER).filter((name) => name !== 'voc-retinanet-chain.json');
    expect([...used].sort()).toEqual(files.sort());
  });

  it.each([...new Set(rows.map(({ recipe }) => recipe))])('%s has the paper’s settings', (recipe) => {
    const options = readRecipe(recipe, RECIPE_FOLDER);
    const dataset = String(options['dataset']);
    expect(Object.keys(PAPER_DATA)).toContain(dataset);
    const parsed = trainSchema.parse({ ...options, out: 'run' });
    const isMask = recipe.includes('-mask-');
    expect(parsed).toMatchObject({
      epochs: isMask ? 200 : 300,
      decayEpochs: isMask ? [100, 150] : dataset === 'imagenet' ? [75, 150, 225] : [150, 225],
      batchSize: dataset === 'imagenet' ? 256 : dataset === 'cub' ? 32 : recipe.includes('densenet') ? 64 : 128,
      lr: recipe.includes('pyramidnet') ? 0.5 : 0.1,
      decayFactor: 0.1,
      momentum: 0.9,
      weightDecay: recipe.includes('wrn') ? 5e-4 : 1e-4,
      schedule: 'multi-step',
      ema: 0,
      precision: 'float32',
      featureMining: recipe.includes('fm1') ? 1 : recipe.includes('fm3') ? 3 : minesTwo(recipe) ? 2 : 0,
      byot: recipe.includes('byot'),
      mixup: recipe.includes('mixup') ? 1 : 0,
      csKd: !recipe.includes('cs-kd') ? 0 : dataset === 'cub' ? 3 : 1,
      dropout: /spatial-dropout$/.test(recipe)
        ? 'spatial'
        : /dropout$/.test(recipe)
          ? 'dropout'
          : /dropblock$/.test(recipe)
            ? 'block'
            : 'none',
      labelNoise: Number(/(?:symmetric|pair)-(0\.\d)/.exec(recipe)?.[1] ?? 0),
    });
  });
});

function minesTwo(recipe: string): boolean {
  return /-(fm2|points|channels|independent)(-|$)/.test(recipe);
}
