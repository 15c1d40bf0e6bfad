import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import {
  comparedCells,
  compareArms,
  comparisonText,
  summarise,
  type ArmComparison,
} from '../../../src/reproduce/compare';
import { comparisonPlan, comparisonPlanText } from '../../../src/reproduce/compare-plan';
import { compareSchema } from '../../../src/reproduce/compare-options';
import { readCell, resolved, type CellResult } from '../../../src/reproduce/training-cell';
import { temporaryFolder, writeStripes } from '../../stripes';

jest.setTimeout(240_000);

const cell = (seed: number, best: number, last: number): CellResult => ({
  ...{ seed, best, last, bestEpoch: 1, epochs: 1, steps: 1, seconds: 1, numClasses: 10, trainImages: 1, testImages: 1 },
});

describe('summarise', () => {
  it('compares in pairs over the seeds that both arms have', () => {
    const results = new Map([
      ['plain', [cell(0, 0.5, 0.4), cell(1, 0.7, 0.6)]],
      ['mined', [cell(0, 0.52, 0.4), cell(1, 0.73, 0.6), cell(2, 0.9, 0.9)]],
    ]);
    const { arms } = summarise(results, 'plain');
    expect(arms[0].best.difference).toBeUndefined();
    // Differences of 2 and 3 points: t of one degree of freedom, 12.706, times 0.7071 / √2.
    expect(arms[1].best.difference!.mean).toBeCloseTo(2.5, 9);
    expect(arms[1].best.interval).toEqual([expect.closeTo(-3.853, 3), expect.closeTo(8.853, 3)]);
    expect(arms[1].last.difference!.mean).toBe(0);
    expect(comparisonText({ against: 'plain', arms })).toMatch(
      /mined .* 71\.67 ± 19\.04 +\+2\.50 ± 0\.71 +-3\.85 to 8\.85/,
    );
  });
});

describe('readCell', () => {
  const folder = join(temporaryFolder(), 'run');
  const options = { dataset: 'cifar10', model: 'resnet20', lr: 0.1 };
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ dataset: 'cifar10', model: 'resnet56', lr: 0.1 }));

  it('refuses a folder with another training, and names what differs', () => {
    expect(() => readCell({ folder, options, seed: 0 })).toThrow(/model: "resnet56", not "resnet20"/);
  });

  it('takes an option that came later as its default', () => {
    const early = () => readCell({ folder, options: { ...options, model: 'resnet56', labelSmoothing: 0 }, seed: 0 });
    expect(early()).toBeUndefined(); // Not ended, but no other training.
    const other = () => readCell({ folder, options: { ...options, model: 'resnet56', labelSmoothing: 0.1 }, seed: 0 });
    expect(other).toThrow(/options \(labelSmoothing: 0, not 0\.1\)/);
  });

  it('does not mind how a training is carried out, and tells of options that are wanted no more', () => {
    const mixed = join(temporaryFolder(), 'run');
    mkdirSync(mixed);
    writeFileSync(
      join(mixed, 'config.json'),
      JSON.stringify({ ...options, workers: 7, logEvery: 3, mixup: 1, imageSize: 32 }),
    );
    expect(() => readCell({ folder: mixed, options, seed: 0 })).toThrow(/options \(mixup: 1, not 0\)/);
    expect(readCell({ folder: mixed, options: { ...options, mixup: 1, workers: 1 }, seed: 0 })).toBeUndefined();
  });

  it('refuses a training on other images', () => {
    const [kept, now] = ['1 images, aa', '1 images, bb'].map((training) => ({ name: 'd', training, test: 't' }));
    writeFileSync(join(folder, 'data.json'), JSON.stringify(kept));
    const cell = { folder, options: { ...options, model: 'resnet56' }, seed: 0 };
    expect(readCell({ ...cell, data: { ...kept, name: 'moved' } })).toBeUndefined();
    expect(() => readCell({ ...cell, data: now })).toThrow(/data: d \(1 images, aa; t\), not d \(1 images, bb; t\)/);
  });

  it('finds nothing in an empty folder', () => {
    expect(readCell({ folder: temporaryFolder(), options, seed: 0 })).toBeUndefined();
  });
});

describe('compareArms', () => {
  const data = writeStripes({ train: 200, test: 50 });
  const base = {
    dataset: 'cifar10',
    model: 'resnet20',
    epochs: 1,
    batchSize: 20,
    augment: 'none',
    workers: 0,
    threads: 2,
  };
  const options = (arms: object, out: string) => compareSchema.parse({ base, arms, data, out, seeds: 1 });

  it('refuses a wrong option before anything is trained', async () => {
    const out = join(temporaryFolder(), 'arms');
    const wrong = options({ plain: {}, mined: { featuremining: 2 } }, out);
    await expect(compareArms(wrong, silentLogger)).rejects.toThrow(/Did you mean "featureMining"/);
    expect(existsSync(out)).toBe(false);
  });

  it('tells what would be trained, arm by arm, and writes nothing', async () => {
    const out = join(temporaryFolder(), 'arms');
    const two = compareSchema.parse({ base, arms: { plain: {}, mined: { featureMining: 1 } }, data, out, seeds: 3 });
    const plan = await comparisonPlan(two, silentLogger);
    expect(plan.arms.map(({ arm, seeds, training }) => [arm, seeds, training?.plan.steps])).toEqual([
      ['plain', [0, 1, 2], 10],
      ['mined', [0, 1, 2], 10],
    ]);
    expect(plan.arms[1].training!.plan.config).toMatchObject({ featureMining: 1, out: join(out, 'mined', 'seed-0') });
    const [plain, mined] = plan.arms.map(({ training }) => training!.plan.estimatedSeconds);
    expect(plan.estimatedSeconds).toBeCloseTo(3 * (plain + mined), 9);
    const text = comparisonPlanText(plan);
    expect(text).toMatch(/^plain: seeds 0, 1, 2\n/);
    expect(text).toMatch(/training images +200 .*\n/);
    expect(text).toMatch(/\n6 trainings: .*, without evaluations$/);
    expect(existsSync(out)).toBe(false);
  });

  it('does not count what is finished', async () => {
    const out = join(temporaryFolder(), 'arms');
    const cellFolder = join(out, 'plain', 'seed-0');
    const one = options({ plain: {} }, out);
    mkdirSync(cellFolder, { recursive: true });
    writeFileSync(join(cellFolder, 'config.json'), JSON.stringify(resolved(comparedCells(one)[0])));
    const ended = { stoppedBy: 'finished', epochs: 1, steps: 10, seconds: 1, classNames: ['a', 'b'] };
    writeFileSync(join(cellFolder, 'summary.json'), JSON.stringify({ ...ended, trainImages: 200, testImages: 50 }));
    const plan = await comparisonPlan(one, silentLogger);
    expect(plan).toEqual({ arms: [{ arm: 'plain', finishedSeeds: [0], seeds: [] }], estimatedSeconds: 0 });
    expect(comparisonPlanText(plan)).toMatch(/^plain: nothing to train; finished: 0\n\n0 trainings: /);
  });

  it('trains each arm once, with the same first weights and images', async () => {
    const out = join(temporaryFolder(), 'arms');
    const two = options({ plain: {}, mined: { featureMining: 1 } }, out);
    const first = await compareArms(two, silentLogger);
    expect(first.arms.map(({ arm, cells }) => [arm, cells.length, cells[0].steps])).toEqual([
      ['plain', 1, 10],
      ['mined', 1, 10],
    ]);
    const sideBySide = { ...two, out: join(temporaryFolder(), 'side-by-side'), atOnce: 2 };
    const both = await compareArms(sideBySide, silentLogger);
    const scores = ({ arms }: ArmComparison): unknown[] => arms.map(({ best, last }) => [best, last]);
    expect(scores(both)).toEqual(scores(first));
    const recipe = readFileSync(join(sideBySide.out, 'mined', 'seed-0', 'recipe.json'), 'utf8');
    expect(JSON.parse(recipe)).toHaveProperty('threads');
    const lines: string[] = [];
    const again = await compareArms(two, { ...silentLogger, info: (line) => lines.push(line) });
    expect(again).toEqual(first);
    expect(JSON.parse(readFileSync(join(out, 'plain', 'seed-0', 'data.json'), 'utf8'))).toMatchObject({
      ...{ name: 'stripes', training: expect.stringMatching(/^200 images, /) as string },
    });
    expect(lines.join('\n')).not.toMatch(/\$ backbone-pretrain/);
  });
});
