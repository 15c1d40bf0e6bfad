import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import type { Logger } from '@featuremine/command-line';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { planArms } from '../../src/chain/arms';
import { runChain } from '../../src/chain/chain';
import { chainSchema } from '../../src/chain/chain-options';
import type { ChainOptions } from '../../src/chain/chain-options';
import { planChain, planText } from '../../src/chain/dry-run';
import { writeReport } from '../../src/chain/report';

jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'chain-'));
const voc = join(folder, 'VOCdevkit');
const arm = join(folder, 'chain', 'seed-0', 'fm');
afterAll(() => rmSync(folder, { recursive: true }));

const options = (further: object = {}): ChainOptions =>
  chainSchema.parse({
    ...{ classify: 'shapes@96', voc, train: '2007/train', test: '2007/test', out: join(folder, 'chain') },
    ...{ pretrainEpochs: 1, pretrainBatchSize: 8, epochs: 1, batchSize: 2, imageSize: '64', workers: 1 },
    pretrain: { 'shapes.train': 16, 'shapes.test': 8, 'shapes.classes': 'circle,square' },
    ...further,
  });

/** What the chain says, without the output of its commands. */
function lines(): Logger & { readonly said: string[] } {
  const said: string[] = [];
  return { ...silentLogger, said, info: (text) => void said.push(text) };
}

const isBuilt = existsSync(join(__dirname, '../../dist/cli.js'));
(isBuilt ? describe : describe.skip)('runChain', () => {
  let scores: object;

  beforeAll(async () => {
    const classNames = ['circle', 'square'];
    await makeShapesDevkit({ folder: voc, seed: 5, counts: { train: 4, test: 2 }, classNames, imageSides: [80, 96] });
    const chain = await runChain(options(), silentLogger);
    scores = chain.results[0].scores;
    await writeReport({ title: 'A chain', out: join(folder, 'chain'), arms: planArms(options()), chain });
  });

  it('leaves two runs, results and a report without scripts', () => {
    const names = ['backbone/weights.safetensors', 'detector/weights.safetensors', 'result.json'];
    for (const name of names) expect([name, existsSync(join(arm, name))]).toEqual([name, true]);
    const { results } = JSON.parse(readFileSync(join(folder, 'chain/results.json'), 'utf8')) as { results: object[] };
    expect(results).toEqual([expect.objectContaining({ arm: 'fm', seed: 0, scores })]);
    const report = readFileSync(join(folder, 'chain/report.html'), 'utf8');
    expect(report).toContain('<h1>A chain</h1>');
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it('is planned without writing anything: data, steps and time of each training', async () => {
    const out = join(folder, 'planned');
    const plan = await planChain(options({ out, compare: true, seeds: 2 }), silentLogger);
    expect(plan.trainings.map(({ title }) => title)).toEqual([
      'detector, no backbone',
      ...['backbone, baseline backbone', 'detector, baseline backbone'],
      ...['backbone, Feature Mining backbone', 'detector, Feature Mining backbone'],
    ]);
    expect(plan.trainings.map(({ summary }) => summary.plan.steps)).toEqual([2, 2, 2, 2, 2]);
    const seconds = plan.trainings.reduce((sum, { summary }) => sum + summary.plan.estimatedSeconds, 0);
    expect(plan.estimatedSeconds).toBeCloseTo(2 * seconds);
    expect(plan.trainings[2].command).toContain(join(out, 'seed-0/baseline/backbone/weights.safetensors'));
    expect(planText(plan)).toMatch(/^training images: 4 images/m);
    expect(existsSync(out)).toBe(false);
  });

  it('runs nothing again that is finished', async () => {
    const log = lines();
    expect((await runChain(options(), log)).results[0].scores).toEqual(scores);
    expect(log.said[0]).toMatch(/done before$/);
    expect(log.said.filter((line) => line.startsWith('$'))).toEqual([]);
  });

  it('evaluates again where the result is damaged, and trains nothing', async () => {
    truncateSync(join(arm, 'result.json'), 100);
    const trained = statSync(join(arm, 'detector/weights.safetensors')).mtimeMs;
    expect((await runChain(options(), silentLogger)).results[0].scores).toEqual(scores);
    expect(statSync(join(arm, 'detector/weights.safetensors')).mtimeMs).toBe(trained);
  });

  it('goes on with a run that was not finished', async () => {
    rmSync(join(arm, 'result.json'));
    truncateSync(join(arm, 'detector/summary.json'), 10);
    const log = lines();
    expect((await runChain(options(), log)).results[0].scores).toEqual(scores);
    const commands = log.said.filter((line) => line.startsWith('$'));
    expect(commands).toEqual([expect.stringMatching(/retinanet.* train .*--resume$/)]);
  });

  it('refuses the folder of a chain with other options, by name', async () => {
    await expect(runChain(options({ lr: 0.1 }), silentLogger)).rejects.toThrow(
      /a chain with other options \(lr: 0\.0005\)/,
    );
  });
});
