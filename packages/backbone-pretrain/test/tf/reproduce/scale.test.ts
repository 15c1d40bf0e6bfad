import { paperFigure } from '../../../src/reproduce/paper-figures';
import { PAPER_TABLES } from '../../../src/reproduce/paper-tables';
import { RECIPE_FOLDER } from '../../../src/reproduce/repository';
import { planRow, type RowPlan, type Scale } from '../../../src/reproduce/scale';
import { select } from '../../../src/reproduce/selection';

function plan(key: string, id: string, scale: Scale): RowPlan {
  const row = PAPER_TABLES.find((table) => table.key === key)!.rows.find((candidate) => candidate.id === id)!;
  return planRow(row, { scale, data: 'd', recipes: RECIPE_FOLDER, common: { precision: 'float32' } });
}

describe('planRow', () => {
  it('is the recipe at full scale, with the data in the place of its archive', () => {
    const { options, scaledDown, isWiringOnly } = plan('table-4', 'resnet110-fm2', 'full');
    expect(options).toMatchObject({
      data: 'd/tiny-imagenet-200',
      epochs: 300,
      imageSize: 64,
      stem: 32,
      featureMining: 2,
    });
    expect([scaledDown, isWiringOnly]).toEqual([[], false]);
  });

  it('keeps the schedule’s proportions at mini scale, and says what is smaller', () => {
    const { options, scaledDown, isWiringOnly } = plan('table-9', 'resnet56-fm2', 'mini');
    expect(options).toMatchObject({
      dataset: 'cifar100',
      data: 'd',
      epochs: 30,
      decayEpochs: [15, 22.5],
      batchSize: 128,
      lr: 0.1,
    });
    expect(scaledDown).toEqual(['the images given as --data at 32 px for CIFAR-100', '30 of 300 epochs']);
    expect(isWiringOnly).toBe(false);
  });

  it('gives large networks 100 steps of 32 images, and says that they show nothing', () => {
    const { options, isWiringOnly, scaledDown } = plan('table-1', 'pyramidnet-110-270-fm1', 'mini');
    expect(options).toMatchObject({ epochs: 1, batchSize: 32, samplesPerClass: 32, lr: 0.125, featureMining: 1 });
    expect(isWiringOnly).toBe(true);
    expect(scaledDown.join()).toMatch(/batches of 32 for 128, learning rate alike,images of each class: 32/);
  });

  it('shrinks ResNet-110’s maps on Tiny ImageNet, and ResNet-50’s images', () => {
    expect(plan('table-4', 'resnet110-fm2', 'mini').options).toMatchObject({ imageSize: 64, stem: 64 });
    expect(plan('table-6', 'resnet50-cs-kd', 'mini').options).toMatchObject({ imageSize: 128, csKd: 3, batchSize: 32 });
  });

  it('warms ResNet-110 up, and says so; the paper’s recipe does not', () => {
    const { options, scaledDown } = plan('table-1', 'resnet110-fm1', 'mini');
    expect(options).toMatchObject({ epochs: 16, warmupSteps: 150, lr: 0.1 });
    expect(scaledDown).toContain('a rate that rises in the first 150 steps');
    expect(plan('table-1', 'resnet110-fm1', 'full').options['warmupSteps']).toBeUndefined();
    expect(plan('table-1', 'resnet56-fm1', 'mini').options['warmupSteps']).toBeUndefined();
  });

  it('takes steps of 32 images for ResNet-50, with the learning rate in proportion', () => {
    expect(plan('table-5', 'resnet50-fm2', 'mini').options).toMatchObject({ epochs: 3, batchSize: 32, lr: 0.0125 });
  });

  it.each([
    ['table-2', 'resnet110-byot', 12],
    ['table-2', 'resnet110-fm2-cs-kd', 12],
    ['table-4', 'resnet110-cs-kd', 12],
    ['table-3', 'resnet110-fm2-mixup', 16],
    ['table-6', 'resnet50-byot', 2],
  ])('gives %s %s %i epochs at mini scale', (key, id, epochs) => {
    expect(plan(key, id, 'mini').options).toMatchObject({ epochs });
  });

  it('keeps the samples per class of figure 6 at every scale', () => {
    const row = paperFigure(6, 'mini').rows[1];
    const planned = planRow(row, { scale: 'mini', data: 'd', recipes: RECIPE_FOLDER, common: {} });
    expect(planned.name).toBe('cifar100-resnet56-fm2-samplesPerClass-5');
    expect(planned.options).toMatchObject({ samplesPerClass: 5, epochs: 30, featureMining: 2 });
  });

  it('shares figure 6’s rows with all images with the tables', () => {
    for (const scale of ['full', 'mini', 'smoke'] as const) {
      const row = paperFigure(6, scale).rows.find(({ id }) => id === 'fm2-all')!;
      const planned = planRow(row, { scale, data: 'd', recipes: RECIPE_FOLDER, common: { precision: 'float32' } });
      expect({ ...planned, row: 0 }).toEqual({ ...plan('table-9', 'resnet56-fm2', scale), row: 0 });
    }
  });

  it('names a recipe that is missing', () => {
    const row = { id: 'x', title: 'x', recipe: 'none-such' };
    expect(() => planRow(row, { scale: 'mini', data: 'd', recipes: RECIPE_FOLDER, common: {} })).toThrow(
      /none-such\.json/,
    );
  });
});

describe('select', () => {
  const options: Parameters<typeof select>[0] = { table: [], figure: [], rows: undefined, scale: 'mini' };

  it('takes rows by a part of their name, over all chosen tables', () => {
    const { tables } = select({ ...options, table: ['1', '9'], rows: ['resnet56-fm'] });
    expect(tables.map(({ key, rows }) => [key, rows.map(({ id }) => id)])).toEqual([
      ['table-1', ['resnet56-fm1', 'resnet56-fm2']],
      ['table-9', ['resnet56-fm1', 'resnet56-fm2', 'resnet56-fm3']],
    ]);
  });

  it('takes the row of a name that is one, although others contain it', () => {
    for (const number of [1, 2, 3, 4, 5, 6, 8, 9]) {
      const table = PAPER_TABLES.find(({ key }) => key === `table-${number}`)!;
      for (const { id } of table.rows) expectAlone({ ...options, table: [`${number}` as '1'], rows: [id] });
    }
    for (const number of [2, 4, 5, 6] as const) {
      for (const { id } of paperFigure(number, 'mini').rows)
        expectAlone({ ...options, figure: [`${number}`], rows: [id] });
    }
  });

  it('has all of it with all', () => {
    const all = select({ ...options, table: ['all'], figure: ['all'] });
    expect([all.tables.length, all.hasChain, all.hasOverhead]).toEqual([12, true, true]);
  });

  it('refuses a call that chooses nothing', () => {
    expect(() => select(options)).toThrow(/no table and no figure/);
    expect(() => select({ ...options, table: ['9'], rows: ['resnet57'] })).toThrow(
      /resnet57, expected parts of resnet56-baseline/,
    );
  });
});

function expectAlone(options: Parameters<typeof select>[0]): void {
  expect(select(options).tables.flatMap(({ rows }) => rows.map(({ id }) => id))).toEqual(options.rows);
}
