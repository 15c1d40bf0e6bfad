// RetinaNet-R50's training step here: anchors are matched in JavaScript inside the timed step (in training the workers
// do it beside the step), the rest is the compiled graph.
import { encodeMatches, matchAnchors, retinanetAnchors } from '@featuremine/boxes';
import { trainingStep } from '@featuremine/retinanet';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { benchDetector } from './bench-detector.mjs';
import { benchImages } from './bench-images.mjs';

const options = contenderOptions();
const { imageSize, batchSize } = options;
const { detector, model } = benchDetector(options);
const loss = { boxLoss: 'l1', smoothL1Beta: 0.1, focalAlpha: 0.25, focalGamma: 2, normalizer: 'image' };
const train = model.trainStep('train', trainingStep(detector, loss), {
  optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 },
});
const { images, imageSizes } = benchImages(batchSize, imageSize);
const anchors = retinanetAnchors(imageSize, imageSize);
const count = anchors.length / 4;
const unscaled = [8, 16, 120, 140, 100, 30, 220, 90, 60, 150, 250, 250, 10, 190, 50, 240];
const gtBoxes = Float32Array.from(unscaled, (value) => (value * imageSize) / 256);
const { numClasses = 20 } = options;
const classIds = [0, 4, 8, 19].map((classId) => classId % numClasses);

function targets() {
  const labels = new Int32Array(batchSize * count);
  const deltas = new Float32Array(batchSize * count * 4);
  for (let image = 0; image < batchSize; image++) {
    const matches = matchAnchors(anchors, gtBoxes);
    labels.set(
      matches.map((match) => (match >= 0 ? classIds[match] : match)),
      image * count,
    );
    deltas.set(encodeMatches({ anchors, gtBoxes, matches }), image * count * 4);
  }
  return {
    labels: { dtype: 'int32', shape: [batchSize, count], data: labels },
    deltas: { dtype: 'float32', shape: [batchSize, count, 4], data: deltas },
  };
}

let last = NaN;
await measureSteps({
  options,
  step: async () => {
    const outputs = await train({ learningRate: 0.001, images, imageSizes, ...targets() });
    last = outputs.loss.data[0];
  },
  note: () => ({ loss: last }),
});
await model.dispose();
