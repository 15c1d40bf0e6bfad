import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorsFor } from '@featuremine/boxes';
import { CompiledModel } from '@featuremine/tensor-graph';
import type { HostTensor } from '@featuremine/tensor-graph';
import { createWorkerPool } from '@featuremine/vision-data';
import type { DetectionBatch } from '@featuremine/vision-data';
import { asFloat32, readSafetensors } from '@featuremine/weights';
import { relativeMaximum } from '../../../../test/support/distance';
import { detectSamples } from '../../src/detect-samples';
import { makeDetector } from '../../src/detector';
import { evaluationStep, trainingStep } from '../../src/detector-steps';
import { preparedImages } from '../../src/images';
import { formulaWeights, projectedDistance, projections, samples, toChannelsFirst } from '../formula-weights';
import { smallArchitecture } from '../small-architecture';
import { parityCase } from './parity-batch';
import type { ParityCase } from './parity-batch';

// Made by scripts/fixtures/retinanet-parity.py from torchvision's retinanet_resnet50_fpn, on weights and images that
// both sides make by one formula; the peers' versions are in its metadata.
const { tensors, metadata } = readSafetensors(join(__dirname, '..', 'fixtures', 'retinanet-parity.safetensors'));
const expected = (name: string): Float32Array => asFloat32(tensors.get(name)!);
const gtLabels = JSON.parse(metadata.get('gtLabels')!) as number[][];
const detector = makeDetector(smallArchitecture({ backbone: 'resnet50', numClasses: 20 }));

jest.setTimeout(180_000);

let folder: string;
let peer: ParityCase;
let batch: DetectionBatch;
let model: CompiledModel;
const pool = createWorkerPool({ workers: 0 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-parity-'));
  peer = await parityCase(metadata, folder, pool);
  batch = peer.batch;
  model = new CompiledModel({ variables: detector.variables, seed: 0 });
  await model.writeVariables(formulaWeights(detector.variables));
});
afterAll(async () => {
  await model.dispose();
  await pool.close();
  rmSync(folder, { recursive: true });
});

const images = (): Record<string, HostTensor> => ({ images: batch.images, imageSizes: batch.imageSizes });

describe('retinanet_resnet50_fpn on a batch of mixed odd sizes, one image without objects', () => {
  it('sees the same normalised, resized and padded images as torchvision', async () => {
    const prepare = model.evaluation('prepare', (_step, { images: raw, imageSizes }) => ({
      batch: preparedImages(raw, imageSizes),
    }));
    const { shape, data } = (await prepare(images()))['batch'];
    expect([...batch.imageSizes.data]).toEqual([...expected('sizes')]);
    const values = samples(toChannelsFirst(shape, data as Float32Array));
    expect(relativeMaximum(values, expected('batch/samples'))).toBeLessThan(1e-5);
  });

  it('has the same anchors and matches, exactly, and the same encoded boxes', () => {
    const [, height, width] = batch.images.shape;
    const anchors = anchorsFor({ width, height });
    expect([...anchors]).toEqual([...expected('anchors')]);
    // The fixture has 0 ignored, 1 background, 2 + index of the box; a batch has −2, −1, class id.
    const labels = Array.from(expected('matches'), (match, i) =>
      match < 2 ? match - 2 : gtLabels[Math.floor(i / (anchors.length / 4))][match - 2],
    );
    expect([...batch.labels!.data]).toEqual(labels);
    const encoded = labels.flatMap((label, i) => (label < 0 ? [] : [...batch.deltas!.data.subarray(i * 4, i * 4 + 4)]));
    expect(relativeMaximum(encoded, expected('encoded'))).toBeLessThan(1e-6);
  });

  it('gives the logits and deltas of torchvision on all levels', async () => {
    const outputs = await model.evaluation('detect', evaluationStep(detector))(images());
    const distances = Object.entries(outputs).map(([name, { data }]) => {
      const reference = expected(`${name}/samples`);
      return { name, distance: relativeMaximum(samples(data as Float32Array, 2048), reference) };
    });
    expect(distances).toHaveLength(10);
    expect(distances.filter(({ distance }) => !(distance <= 1e-4))).toEqual([]);
  });

  it('gives the losses and gradients of torchvision', async () => {
    const loss = { boxLoss: 'l1', smoothL1Beta: 1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' } as const;
    const step = model.trainStep('train', trainingStep(detector, loss), {
      optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
    });
    const outputs = await step({ ...images(), labels: batch.labels!, deltas: batch.deltas!, learningRate: 0 });
    expect(relativeMaximum(outputs['classificationLoss'].data, expected('classificationLoss'))).toBeLessThan(1e-5);
    expect(relativeMaximum(outputs['boxLoss'].data, expected('boxLoss'))).toBeLessThan(1e-5);

    // Momentum starts at zero, so after one step it is the gradient.
    const trained = detector.variables.filter(({ isTrainable }) => isTrainable);
    const state = await model.readVariables(trained.map(({ name }) => `momentum/${name}`));
    const distances = trained.map(({ name, shape }) => {
      const ours = projections(name, shape, state.get(`momentum/${name}`)!);
      return { name, distance: projectedDistance(ours, expected(`gradient/${name}`)) };
    });
    expect([...tensors.keys()].filter((name) => name.startsWith('gradient/'))).toHaveLength(distances.length);
    expect(distances.filter(({ distance }) => !(distance <= 1e-3))).toEqual([]);
  });

  it('finds the same objects, in pixels of the original images', async () => {
    const evaluate = model.evaluation('detect', evaluationStep(detector));
    const { samples: images, resize } = peer;
    const options = { evaluate, numClasses: 20, resize, batchSize: images.length, pool, pixels: 'float32' } as const;
    let count = 0;
    for await (const { index, detections } of detectSamples(images, options)) {
      count++;
      const named = (name: string): Float32Array => expected(`detections${index}/${name}`);
      expect([...detections.classIds]).toEqual([...named('classIds')]);
      expect(relativeMaximum(detections.scores, named('scores'))).toBeLessThan(1e-4);
      expect(relativeMaximum(detections.boxes, named('boxes'))).toBeLessThan(1e-4);
    }
    expect(count).toBe(images.length);
  });
});
