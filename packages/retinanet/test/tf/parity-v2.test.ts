import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledModel } from '@featuremine/tensor-graph';
import { createWorkerPool } from '@featuremine/vision-data';
import { asFloat32, readSafetensors } from '@featuremine/weights';
import { relativeMaximum } from '../../../../test/support/distance';
import { DETECTOR_VERSIONS } from '../../src/architecture';
import { makeDetector } from '../../src/detector';
import { evaluationStep, trainingStep } from '../../src/detector-steps';
import { formulaWeights, projectedDistance, projections, samples } from '../formula-weights';
import { smallArchitecture } from '../small-architecture';
import { parityCase } from './parity-batch';
import type { ParityCase } from './parity-batch';

// Made by scripts/fixtures/retinanet-v2-parity.py from torchvision's second RetinaNet on a ResNet-18, with weights and
// images by one formula; the peers' versions are in its metadata.
const { tensors, metadata } = readSafetensors(join(__dirname, '..', 'fixtures', 'retinanet-v2-parity.safetensors'));
const expected = (name: string): Float32Array => asFloat32(tensors.get(name)!);
const detector = makeDetector(smallArchitecture({ numClasses: 20, ...DETECTOR_VERSIONS.v2 }));

jest.setTimeout(120_000);

let folder: string;
let peer: ParityCase;
let model: CompiledModel;
const pool = createWorkerPool({ workers: 0 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-parity-v2-'));
  peer = await parityCase(metadata, folder, pool);
  model = new CompiledModel({ variables: detector.variables, seed: 0 });
  const weights = formulaWeights(detector.variables);
  const spread = 'head.classification_head.cls_logits.weight'; // as reference_retinanet.py does for group norm
  weights.set(
    spread,
    weights.get(spread)!.map((value) => value * 1.5),
  );
  await model.writeVariables(weights);
});
afterAll(async () => {
  await model.dispose();
  await pool.close();
  rmSync(folder, { recursive: true });
});

describe('torchvision’s second RetinaNet on a batch of mixed odd sizes, one image without objects', () => {
  it('gives the logits and deltas on all levels', async () => {
    const { images, imageSizes } = peer.batch;
    const outputs = await model.evaluation('detect', evaluationStep(detector))({ images, imageSizes });
    const distances = Object.entries(outputs).map(([name, { data }]) => {
      const ours = samples(data as Float32Array, 512);
      return { name, distance: relativeMaximum(ours, expected(`${name}/samples`)) };
    });
    expect(distances).toHaveLength(10);
    expect(distances.filter(({ distance }) => !(distance <= 1e-4))).toEqual([]);
  });

  it('gives the losses and gradients, boxes by GIoU', async () => {
    const loss = { boxLoss: 'giou', smoothL1Beta: 1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' } as const;
    const optimizer = { kind: 'sgd', momentum: 0.9, weightDecay: 0 } as const;
    const step = model.trainStep('train', trainingStep(detector, loss), { optimizer });
    const { images, imageSizes, labels, deltas } = peer.batch;
    const outputs = await step({ images, imageSizes, labels: labels!, deltas: deltas!, learningRate: 0 });
    expect(relativeMaximum(outputs['classificationLoss'].data, expected('classificationLoss'))).toBeLessThan(1e-5);
    expect(relativeMaximum(outputs['boxLoss'].data, expected('boxLoss'))).toBeLessThan(1e-5);
    const trained = detector.variables.filter(({ isTrainable }) => isTrainable);
    const state = await model.readVariables(trained.map(({ name }) => `momentum/${name}`));
    const distances = trained.map(({ name, shape }) => {
      const ours = projections(name, shape, state.get(`momentum/${name}`)!);
      return { name, distance: projectedDistance(ours, expected(`gradient/${name}`)) };
    });
    expect([...tensors.keys()].filter((name) => name.startsWith('gradient/'))).toHaveLength(distances.length);
    expect(distances.filter(({ distance }) => !(distance <= 1e-3))).toEqual([]);
  });
});
