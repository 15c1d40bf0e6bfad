import { silentLogger } from '@featuremine/command-line';
import { singleProcess, type Collective } from '@featuremine/mpi';
import { Random } from '@featuremine/random';
import { CompiledModel, type HostTensor, type StepFunction } from '@featuremine/tensor-graph';
import { readMetrics } from '@featuremine/training';
import { join } from 'node:path';
import { relativeL2 } from '../../../../test/support/distance';
import { ranksInOneProcess } from '../../../mpi/test/support/ranks';
import { drawInputs, trainingStep } from '../../src/classification-steps';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { stageDropout } from '../../src/methods/stage-dropout';
import { mixup } from '../../src/methods/mixup';
import { trainClassifier } from '../../src/train-classifier';
import { trainSchema } from '../../src/training-options';
import { smallNetwork } from '../small-network';
import { temporaryFolder, writeStripes } from '../stripes';

jest.setTimeout(120_000);

const BATCH = 8;
const SIDE = 16;

/** The part of step `stepNumber`'s batch that a process takes. */
function batch(stepNumber: number, { rank, size }: Pick<Collective, 'rank' | 'size'>): Record<string, HostTensor> {
  const random = Random.of('job', stepNumber);
  const count = BATCH / size;
  const imageLength = SIDE * SIDE * 3;
  const pixels = Uint8Array.from({ length: BATCH * imageLength }, () => random.integer(256));
  const labels = Int32Array.from({ length: BATCH }, () => random.integer(3));
  const data = pixels.slice(rank * count * imageLength, (rank + 1) * count * imageLength);
  return {
    images: { dtype: 'uint8', shape: [count, SIDE, SIDE, 3], data },
    labels: { dtype: 'int32', shape: [count], data: labels.slice(rank * count, (rank + 1) * count) },
  };
}

/** The variables after so many steps with Feature Mining on frozen batch norm. */
async function variablesAfter(steps: number, job: Collective): Promise<Map<string, Float32Array>> {
  const network = smallNetwork();
  const mining = featureMining(network, { stages: 2, imageSize: SIDE });
  const parts = { network, mining, pixels: { mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3] }, labelSmoothing: 0.1 } as const; // prettier-ignore
  const usual = trainingStep(parts);
  const frozen: StepFunction = (step, inputs) =>
    usual({ isTraining: false, variable: (name) => step.variable(name), assign: () => undefined }, inputs);
  const model = new CompiledModel({ variables: [...network.variables, ...mining.variables], seed: 1, job });
  const optimizer = { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 } as const;
  const train = model.trainStep('train', frozen, { optimizer });
  for (let stepNumber = 0; stepNumber < steps; stepNumber++) {
    const images = batch(stepNumber, job);
    const drawn = drawInputs(parts, { seed: 5, stepNumber, rank: job.rank, labels: images['labels'].data });
    await train({ ...images, ...drawn, learningRate: 0.01 });
  }
  const values = await model.readVariables();
  await model.dispose();
  return values;
}

describe('a classifier trained in a job of two', () => {
  it.each([
    [1, 1e-5],
    [20, 1e-4],
  ])('has after %i steps with half a batch each the weights of one process', async (steps, tolerance) => {
    const [first, second] = await Promise.all(ranksInOneProcess(2).map((job) => variablesAfter(steps, job)));
    for (const [name, expected] of await variablesAfter(steps, singleProcess)) {
      expect([name, relativeL2(first.get(name)!, expected) <= tolerance]).toEqual([name, true]);
      expect(second.get(name)).toEqual(first.get(name));
    }
  });

  it('trains with local batch norm, whose running statistics are means, and measures each test image once', async () => {
    const data = writeStripes({ train: 80, test: 30 });
    const out = join(temporaryFolder(), 'run');
    const options = trainSchema.parse({
      ...{ dataset: 'cifar10', data, out, model: 'resnet20', featureMining: 2, workers: 0, batchSize: 20, threads: 1 },
      ...{ epochs: 1, dropout: 'block', mixup: 1, csKd: 1, logEvery: 1 },
    });
    const summaries = await Promise.all(ranksInOneProcess(2).map((job) => trainClassifier(options, silentLogger, job)));
    expect(summaries[1].last).toEqual(summaries[0].last);
    expect(summaries[0]).toMatchObject({ steps: 4, ranks: 2, testImages: 30 });
    // Shares of 30 images.
    expect((summaries[0].last!.metrics['top1'] * 30) % 1).toBeCloseTo(0, 9);
    expect(readMetrics(out)).toHaveLength(5);
  });

  it('is refused with a batch that cannot be shared, once', async () => {
    const options = trainSchema.parse({ dataset: 'shapes', model: 'resnet20', batchSize: 7, out: 'nowhere' });
    const results = await Promise.allSettled(
      ranksInOneProcess(2).map((job) => trainClassifier(options, silentLogger, job)),
    );
    const [first, second] = results.map((result) => (result as PromiseRejectedResult).reason as Error);
    expect(first.message).toContain('--batch-size: 7, with 2 processes');
    expect(second.message).not.toContain('--batch-size');
  });
});

describe('what a step draws', () => {
  const draw = { seed: 5, stepNumber: 3, labels: [0, 1, 2, 0] };

  it('is the same box and the same mixture on every rank', () => {
    const network = smallNetwork();
    const parts = {
      mining: featureMining(network, { stages: 2, imageSize: SIDE }),
      methods: [mixup({ alpha: 1, labelSmoothing: 0 })],
    };
    const [first, second] = [0, 1].map((rank) => drawInputs(parts, { ...draw, rank }));
    expect(second).toEqual(first);
  });

  it('is another seed of dropout on every rank', () => {
    const dropout = stageDropout(smallNetwork(), 'dropout', 0.3);
    const seeds = [0, 1, 2].map((rank) => [...Object.values(dropout.draw({ ...draw, rank }))[0].data].join());
    expect(new Set(seeds).size).toBe(3);
    expect(dropout.draw(draw)).toEqual(dropout.draw({ ...draw, rank: 0 }));
  });
});
