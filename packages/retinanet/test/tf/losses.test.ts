import { anchorsFor } from '@featuremine/boxes';
import { CompiledModel, onesInit, tf } from '@featuremine/tensor-graph';
import type { HostTensor, VariableSpec } from '@featuremine/tensor-graph';
import { lossVariables, normalizedLoss } from '../../src/loss-normalizer';
import { detectionLossSums } from '../../src/losses';
import type { LossOptions } from '../../src/losses';

const usual: LossOptions = { boxLoss: 'l1', smoothL1Beta: 0.5, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };

// Two images of four anchors, two classes. A logit of 0 is a probability of 0.5 in each of the three columns.
const labels = [
  [0, 1, -1, -2],
  [-1, -1, -1, 1],
];
const targets: HostTensor = {
  dtype: 'float32',
  shape: [2, 4, 4],
  data: Float32Array.from([[0.2, 0, 0, 0], [0, -2, 0, 0], ...Array<number[]>(6).fill([0, 0, 0, 1])].flat()),
};
const inputs: Record<string, HostTensor> = {
  logits: { dtype: 'float32', shape: [2, 4, 3], data: new Float32Array(24) },
  deltas: { dtype: 'float32', shape: [2, 4, 4], data: new Float32Array(32) },
  labels: { dtype: 'int32', shape: [2, 4], data: Int32Array.from(labels.flat()) },
  targets,
};

async function sums(options: Partial<LossOptions>): Promise<Record<'class' | 'box' | 'count', number[]>> {
  const model = new CompiledModel({ variables: [], seed: 0 });
  const evaluate = model.evaluation('sums', (_step, { logits, deltas, labels, targets }) => ({
    ...detectionLossSums({
      logits,
      deltas,
      targets: { labels, deltas: targets },
      paddedSize: { width: 64, height: 64 },
      options: { ...usual, ...options },
    }),
  }));
  const { classificationSums, boxSums, foregroundCounts } = await evaluate(inputs);
  await model.dispose();
  return {
    class: [...classificationSums.data],
    box: [...boxSums.data],
    count: [...foregroundCounts.data],
  };
}

// One column at a probability of 0.5: (1 − 0.5)^gamma · ln 2, times alpha for the foreground column, 1 − alpha else.
const column = (weight: number, gamma = 2): number => weight * 0.5 ** gamma * Math.LN2;
const expectAll = (found: number[], wanted: number[]): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5));
};

describe('detectionLossSums', () => {
  it('sums alpha-weighted focal terms over all columns of all anchors that are not ignored', async () => {
    const { class: found, count } = await sums({});
    const perImage = (foreground: number, negative: number): number =>
      foreground * column(0.25) + negative * column(0.75);
    // Image 1: two foreground anchors (one positive and two negative columns each) and one background anchor.
    expectAll(found, [perImage(2, 2 * 2 + 3), perImage(1, 2 + 3 * 3)]);
    expect(count).toEqual([2, 1]);
  });

  it('takes another alpha and gamma', async () => {
    const { class: found } = await sums({ focalAlpha: 0.5, focalGamma: 1 });
    expectAll(found, [9 * column(0.5, 1), 12 * column(0.5, 1)]);
  });

  it('adds |d| over foreground anchors with L1, and a parabola below beta with smooth L1', async () => {
    expectAll((await sums({ boxLoss: 'l1' })).box, [2.2, 1]);
    // beta 0.5: 0.2² / (2 · 0.5) = 0.04 and 2 − 0.25; 1 − 0.25.
    expectAll((await sums({ boxLoss: 'smooth-l1' })).box, [0.04 + 1.75, 0.75]);
  });

  it('lets the anchors of a class count by its weight in both losses, and no others', async () => {
    const [plain, weighted] = [await sums({}), await sums({ classWeights: [1, 3] })];
    const ofAnchor = column(0.25) + 2 * column(0.75);
    expectAll(
      weighted.class,
      plain.class.map((sum) => sum + 2 * ofAnchor),
    );
    expectAll(weighted.box, [0.2 + 3 * 2, 3]);
    expect(weighted.count).toEqual(plain.count);
  });

  it('compares decoded boxes with GIoU, by the anchors that are asked for', async () => {
    const shapes = { sizes: [16, 32, 64, 128, 256], ratios: [1] };
    const values = anchorsFor({ width: 64, height: 64 }, shapes);
    const count = values.length / 4;
    const model = new CompiledModel({ variables: [], seed: 0 });
    const evaluate = model.evaluation('giou', (_step, { labels, targets }) => ({
      ...detectionLossSums({
        logits: tf.zeros([1, count, 2]),
        deltas: tf.zeros([1, count, 4]),
        targets: { labels, deltas: targets },
        paddedSize: { width: 64, height: 64 },
        options: { ...usual, boxLoss: 'giou', anchors: shapes },
      }),
    }));
    const marked = new Int32Array(count).fill(-1);
    marked[0] = 0;
    const moved = new Float32Array(4 * count);
    moved[0] = 0.5; // half the anchor's width to the right: overlap 1/3, nothing wasted
    const { boxSums } = await evaluate({
      labels: { dtype: 'int32', shape: [1, count], data: marked },
      targets: { dtype: 'float32', shape: [1, count, 4], data: moved },
    });
    await model.dispose();
    expect(boxSums.data[0]).toBeCloseTo(2 / 3, 5);
  });
});

describe('normalizedLoss', () => {
  const given = (counts: number[]): Record<string, HostTensor> => ({
    class: { dtype: 'float32', shape: [2], data: Float32Array.of(6, 4) },
    box: { dtype: 'float32', shape: [2], data: Float32Array.of(2, 0) },
    counts: { dtype: 'float32', shape: [2], data: Float32Array.from(counts) },
  });

  const unit: VariableSpec = {
    ...{ name: 'unit', shape: [], role: 'parameter', isTrainable: true, hasDecay: false },
    initial: onesInit,
  };

  async function losses(normalizer: LossOptions['normalizer'], batches: number[][]): Promise<number[]> {
    const model = new CompiledModel({ variables: [unit, ...lossVariables({ normalizer })], seed: 0 });
    const step = model.trainStep(
      'train',
      (context, { class: classes, box: boxSums, counts: foregroundCounts }) => {
        const classificationSums = tf.mul(classes, context.variable('unit')); // something to learn
        return { ...normalizedLoss(context, { classificationSums, boxSums, foregroundCounts }, normalizer) };
      },
      { optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } },
    );
    const found: number[] = [];
    for (const counts of batches) found.push((await step({ ...given(counts), learningRate: 0 }))['loss'].data[0]);
    await model.dispose();
    return found;
  }

  it('divides each image by its own foreground, at least 1, and averages (image)', async () => {
    expectAll(await losses('image', [[4, 0]]), [((6 + 2) / 4 + 4) / 2]);
  });

  it('divides the batch by its foreground, at least 1 (batch)', async () => {
    expectAll(
      await losses('batch', [
        [4, 0],
        [0, 0],
      ]),
      [12 / 4, 12],
    );
  });

  it('divides by a moving mean that starts at 100 (ema)', async () => {
    const [first, second] = [0.9 * 100 + 0.1 * 4, 0.9 * (0.9 * 100 + 0.1 * 4) + 0.1];
    expectAll(
      await losses('ema', [
        [4, 0],
        [0, 0],
      ]),
      [12 / first, 12 / second],
    );
  });
});
