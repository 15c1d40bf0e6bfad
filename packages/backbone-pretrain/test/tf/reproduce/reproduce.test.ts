import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, silentLogger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { Attempts } from '../../../src/reproduce/attempts';
import { plansOf, reproduce } from '../../../src/reproduce/reproduce';
import { reproduceSchema, type ReproduceOptions } from '../../../src/reproduce/reproduce-options';
import { cellsOf } from '../../../src/reproduce/row-result';
import { resolved } from '../../../src/reproduce/training-cell';
import { writeCifar100 } from '../../cifar100';
import { temporaryFolder } from '../../stripes';

/** A finished training of each chosen row, as it is kept. */
function finish(options: ReproduceOptions, change: object = {}): void {
  const at = { folder: join(options.out, options.scale), seeds: 1 };
  const plans = plansOf(options).flatMap((table) => table.plans);
  for (const cell of plans.flatMap((plan) => cellsOf(plan, at))) {
    mkdirSync(cell.folder, { recursive: true });
    const write = (name: string, content: object): void =>
      writeFileSync(join(cell.folder, `${name}.json`), JSON.stringify(content));
    write('config', { ...resolved(cell), ...change });
    const last = { epoch: 2, metrics: { top1: 0.5 } };
    const size = { classNames: ['a', 'b'], trainImages: 64, testImages: 64, epochs: 2, steps: 4, seconds: 6 };
    write('summary', { stoppedBy: 'finished', best: last, last, ...size });
    write('figure-5', { epochs: [1, 2], top1: [0.25, 0.5] });
  }
}

describe('reproduce', () => {
  const options = (given: object): ReproduceOptions =>
    reproduceSchema.parse({ scale: 'smoke', out: join(temporaryFolder(), 'paper'), data: writeCifar100(), ...given });

  it('refuses another training in a row’s folder before it trains the rows in front of it', async () => {
    const given = options({ table: ['9'], rows: ['resnet56-baseline', 'resnet56-fm3'] });
    finish({ ...given, rows: ['resnet56-fm3'] }, { lr: 7 });
    await expect(reproduce(given, silentLogger)).rejects.toThrow(/lr: 7, not 0\.025/);
    expect(readdirSync(join(given.out, 'smoke'))).toEqual(['cifar100-resnet56-fm3']);
  });

  it('refuses missing data of table 7 before it trains a row', async () => {
    const given = options({ table: ['7', '9'], voc: '/nowhere', vocTrain: '2007/a', vocTest: '2007/b' });
    await expect(reproduce(given, silentLogger)).rejects.toThrow(/no file .nowhere.VOC2007/);
    expect(existsSync(given.out)).toBe(false);
  });

  it('draws a figure out of what was kept when all of its rows have ended, also those that were not chosen', async () => {
    const given = options({ figure: ['5'], rows: ['byot'], reportOnly: true });
    finish(given);
    expect((await reproduce(given, silentLogger)).files).toEqual([]);
    finish({ ...given, rows: undefined });
    const { files, failures } = await reproduce(given, silentLogger);
    expect([files.length, failures]).toEqual([2, {}]);
    expect(readFileSync(files[1], 'utf8').split('\n').slice(0, 3)).toEqual([
      'method,epoch,top-1 in %',
      'baseline,1,25.000',
      'baseline,2,50.000',
    ]);
  });

  it('has all tables in a report, also what was not run', async () => {
    const given = options({ table: ['all'], reportOnly: true });
    const { tables } = await reproduce(given, silentLogger);
    expect(tables).toHaveLength(8);
    const page = readFileSync(join(given.out, 'smoke', 'results.md'), 'utf8');
    expect(page.match(/^### Table \d+/gm)).toHaveLength(10);
  });
});

describe('Attempts', () => {
  it('tells what a user can mend and goes on, keeps an interrupt, and hides no fault of the program', async () => {
    const attempts = new Attempts(silentLogger);
    const fail = (error: Error) => () => Promise.reject(error);
    await attempts.run('a', fail(new ConfigError({ where: 'x', found: 'y', fix: 'Mend it' })));
    await attempts.run('b', fail(new CommandFailure('train', 2)));
    await attempts.run('c', () => readFileSync('/nowhere'));
    expect(Object.keys(attempts.failures)).toEqual(['a', 'b', 'c']);
    expect(attempts.interruptedBy).toBeUndefined();
    await attempts.run('d', fail(new CommandFailure('train', 143)));
    expect(attempts.interruptedBy).toBe(143);
    await expect(attempts.run('e', fail(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
