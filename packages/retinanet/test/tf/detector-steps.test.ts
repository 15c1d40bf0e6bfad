import { BACKGROUND, encodeMatches, matchAnchors, retinanetAnchors } from '@featuremine/boxes';
import { Random } from '@featuremine/random';
import { CompiledModel } from '@featuremine/tensor-graph';
import type { HostTensor } from '@featuremine/tensor-graph';
import { differing } from '../../../../test/support/distance';
import { trainedVariables } from '../../../../test/support/trained-variables';
import { DETECTOR_VERSIONS } from '../../src/architecture';
import { makeDetector } from '../../src/detector';
import { evaluationStep, trainingStep } from '../../src/detector-steps';
import type { LossOptions } from '../../src/losses';
import { smallArchitecture } from '../small-architecture';
import { quickStart } from './quick-start';

const loss: LossOptions = { boxLoss: 'l1', smoothL1Beta: 0.11, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };
const size = 64;
const anchors = retinanetAnchors(size, size);
const anchorCount = anchors.length / 4;

interface Scene {
  readonly box?: readonly [number, number, number, number];
  readonly label?: number;
  /** Height and width without padding. */
  readonly imageSize?: readonly [number, number];
}

function batchOf(scenes: readonly Scene[], fillPadding = 0): Record<string, HostTensor> {
  const random = Random.of(7, 'pixels');
  const pixels = new Uint8Array(scenes.length * size * size * 3);
  const labels = new Int32Array(scenes.length * anchorCount).fill(BACKGROUND);
  const deltas = new Float32Array(scenes.length * anchorCount * 4);
  scenes.forEach(({ box, label = 0, imageSize = [size, size] }, n) => {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        for (let c = 0; c < 3; c++) {
          const value = random.integer(256);
          pixels[((n * size + y) * size + x) * 3 + c] = y < imageSize[0] && x < imageSize[1] ? value : fillPadding;
        }
      }
    }
    if (!box) return;
    const gtBoxes = Float32Array.from(box);
    const matches = matchAnchors(anchors, gtBoxes);
    matches.forEach((match, i) => (labels[n * anchorCount + i] = match >= 0 ? label : match));
    deltas.set(encodeMatches({ anchors, gtBoxes, matches }), n * anchorCount * 4);
  });
  const sizes = scenes.flatMap(({ imageSize = [size, size] }) => [...imageSize]);
  return {
    images: { dtype: 'uint8', shape: [scenes.length, size, size, 3], data: pixels },
    imageSizes: { dtype: 'int32', shape: [scenes.length, 2], data: Int32Array.from(sizes) },
    labels: { dtype: 'int32', shape: [scenes.length, anchorCount], data: labels },
    deltas: { dtype: 'float32', shape: [scenes.length, anchorCount, 4], data: deltas },
  };
}

const detector = makeDetector(smallArchitecture());
const newModel = (): CompiledModel => new CompiledModel({ variables: quickStart(detector.variables), seed: 1 });
const sgd = { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 }, clipNorm: 0.5 } as const;
const value = (tensor: HostTensor | undefined): number => Number(tensor!.data[0]);

jest.setTimeout(240_000);

describe('trainingStep', () => {
  // A minute, nearly all of it eager.
  const long = process.env['FEATUREMINE_LONG'] === '1' ? it : it.skip;
  long('gives, compiled, over 5 steps the weights of eager execution', async () => {
    const small = makeDetector(smallArchitecture({ ...DETECTOR_VERSIONS.v2, batchNorm: 'trainable' }));
    const scenes: Scene[] = [{ box: [8, 8, 40, 48], label: 1 }, { imageSize: [64, 48] }];
    const batches = [0, 1, 2, 3, 4].map(() => ({ ...batchOf(scenes), learningRate: 0.01 }));
    const run = trainingStep(small, { ...loss, boxLoss: 'giou' });
    const trained = (eager: boolean): Promise<Map<string, Float32Array>> =>
      trainedVariables({ variables: small.variables, seed: 1, eager }, run, sgd, batches);
    const eager = await trained(true);
    expect(differing(await trained(false), eager, 1e-4)).toEqual([]);
  });

  it('learns one image by heart', async () => {
    const model = newModel();
    const step = model.trainStep('train', trainingStep(detector, loss), sgd);
    const batch = batchOf([{ box: [8, 8, 40, 48], label: 1 }]);
    const losses: number[] = [];
    for (let i = 0; i < 12; i++) losses.push(value((await step({ ...batch, learningRate: 0.01 }))['loss']));
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
    await model.dispose();
  });

  it('has no box loss, and a finite class loss, for an image without objects', async () => {
    const model = newModel();
    const step = model.trainStep('train', trainingStep(detector, loss), sgd);
    const outputs = await step({ ...batchOf([{}]), learningRate: 0 });
    expect(value(outputs['boxLoss'])).toBe(0);
    expect(value(outputs['loss'])).toBeGreaterThan(0);
    expect(value(outputs['isFinite'])).toBe(1);
    await model.dispose();
  });

  it('averages over images, each divided by its own foreground', async () => {
    const model = newModel();
    const step = model.trainStep('train', trainingStep(detector, loss), sgd);
    const scenes: Scene[] = [{ box: [8, 8, 40, 48], label: 1 }, {}];
    const both = await step({ ...batchOf(scenes), learningRate: 0 });
    const first = await step({ ...batchOf(scenes.slice(0, 1)), learningRate: 0 });
    expect(value(both['boxLoss'])).toBeCloseTo(value(first['boxLoss']) / 2, 5);
    await model.dispose();
  });

  it.each(['smooth-l1', 'giou'] as const)('trains with the %s loss', async (boxLoss) => {
    const model = newModel();
    const step = model.trainStep('train', trainingStep(detector, { ...loss, boxLoss }), sgd);
    const batch = batchOf([{ box: [8, 8, 40, 48] }]);
    const before = await step({ ...batch, learningRate: 0.01 });
    for (let i = 0; i < 4; i++) await step({ ...batch, learningRate: 0.01 });
    const after = await step({ ...batch, learningRate: 0 });
    expect(value(after['boxLoss'])).toBeLessThan(value(before['boxLoss']));
    await model.dispose();
  });
});

describe('evaluationStep', () => {
  it('does not see what lies in the padding', async () => {
    const model = newModel();
    const evaluate = model.evaluation('detect', evaluationStep(detector));
    const run = async (fillPadding: number): Promise<HostTensor> => {
      const { images, imageSizes } = batchOf([{ imageSize: [64, 64] }, { imageSize: [40, 24] }], fillPadding);
      return (await evaluate({ images: images, imageSizes: imageSizes }))['logits0'];
    };
    const black = await run(0);
    expect(black.shape).toEqual([2, 8 * 8 * 9, 3]);
    expect([...(await run(255)).data]).toEqual([...black.data]);
    await model.dispose();
  });

  it('gives the levels in the order and size of the anchors, and scores of 0.01 at the start', async () => {
    const model = newModel();
    const evaluate = model.evaluation('detect', evaluationStep(detector));
    const { images, imageSizes } = batchOf([{}]);
    const outputs = await evaluate({ images: images, imageSizes: imageSizes });
    const counts = [0, 1, 2, 3, 4].map((level) => outputs[`deltas${level}`].shape[1]);
    expect(counts).toEqual([576, 144, 36, 9, 9]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(anchorCount);
    const scores = Array.from(outputs['logits4'].data, (logit) => 1 / (1 + Math.exp(-logit)));
    for (const score of scores) expect(score).toBeCloseTo(0.01, 2);
    await model.dispose();
  });
});
