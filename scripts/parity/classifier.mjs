// ResNet-50 here against torchvision's: maps and logits, loss, gradients, running statistics; then exports it.
import { join } from 'node:path';
import {
  createNetwork,
  featureMining,
  IMAGENET_PIXELS,
  stageMaps,
  trainingStep,
  evaluationStep,
} from '@featuremine/backbone-pretrain';
import { CompiledModel, normalizeImages } from '@featuremine/tensor-graph';
import {
  fromTorchLayout,
  makeStateDict,
  planLoad,
  readSafetensors,
  readStateDict,
  requireComplete,
  writeSafetensors,
} from '@featuremine/weights';
import { relativeL2, relativeMaximum } from '../../test/support/distance.js';

/** Adds its comparisons to the report, and writes resnet50-exported and resnet50-outputs. */
export async function compareClassifier(folder, report) {
  const { tensors } = readSafetensors(join(folder, 'resnet50-expected.safetensors'));
  const expected = (name) => tensors.get(name).data;
  const network = createNetwork('resnet50', { numClasses: 1000 });
  const mining = featureMining(network, { stages: 0, imageSize: 224 });
  const pixels = IMAGENET_PIXELS;
  const model = new CompiledModel({ variables: network.variables, seed: 0, threads: 2 });
  const file = join(folder, 'resnet50.pth');
  const plan = planLoad(readStateDict(file), network.variables);
  requireComplete(plan, file);
  await model.writeVariables(plan.loaded);
  const images = { dtype: 'uint8', shape: tensors.get('images').shape, data: expected('images') };
  const labels = { dtype: 'int32', shape: tensors.get('labels').shape, data: expected('labels') };

  const maps = await model.evaluation('maps', (step, inputs) => {
    const [c2, c3, c4, c5] = stageMaps(network, step, normalizeImages(inputs.images, pixels.mean, pixels.std));
    return { c2, c3, c4, c5 };
  })({ images });
  for (const [name, { data }] of Object.entries(maps)) {
    report.add(`resnet50 ${name}`, relativeMaximum(data, expected(`eval/${name}`)), 1e-4);
  }
  const evaluate = model.evaluation('evaluate', evaluationStep({ network, pixels }));
  const { logits } = await evaluate({ images });
  report.add('resnet50 logits', relativeMaximum(logits.data, expected('eval/logits')), 1e-4);

  const train = model.trainStep('train', trainingStep({ network, mining, pixels, labelSmoothing: 0 }), {
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
  });
  const outputs = await train({ images, labels, learningRate: 1e-3 });
  report.add('resnet50 training logits', relativeMaximum(outputs.logits.data, expected('train/logits')), 1e-4);
  report.add('resnet50 loss', relativeMaximum(outputs.loss.data, expected('train/loss')), 1e-5);
  const state = await model.readVariables();
  const gradients = new Map();
  const statistics = new Map();
  for (const { name, role } of network.variables) {
    const isParameter = role === 'parameter';
    // Momentum starts at zero, so after one step it is the gradient.
    const ours = state.get(isParameter ? `momentum/${name}` : name);
    const { shape, data } = tensors.get(`${isParameter ? 'gradient' : 'state'}/${name}`);
    (isParameter ? gradients : statistics).set(name, relativeL2(ours, fromTorchLayout(shape, data).data));
  }
  report.addWorst('resnet50 gradients, relative L2', gradients, 1e-3);
  report.addWorst('resnet50 running statistics, relative L2', statistics, 1e-4);

  const exported = makeStateDict(network.variables, state, { batchCount: 1 });
  writeSafetensors(join(folder, 'resnet50-exported.safetensors'), exported, { format: 'pt' });
  const after = (await evaluate({ images })).logits;
  writeSafetensors(join(folder, 'resnet50-outputs.safetensors'), stored({ logits: after }));
  await model.dispose();
}

/** Host tensors as safetensors hold them. */
export function stored(outputs) {
  return new Map(Object.entries(outputs).map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }]));
}
