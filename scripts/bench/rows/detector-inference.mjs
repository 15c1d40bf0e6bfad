// RetinaNet-R50's inference here, with post-processing; weights by formula as on the peer's side.
import { retinanetAnchors } from '@featuremine/boxes';
import { detectorWeights, evaluationStep, postProcess } from '@featuremine/retinanet';
import { readStateDict } from '@featuremine/weights';
import { formulaWeightsFile } from '../formula-weights-file.mjs';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { benchDetector } from './bench-detector.mjs';
import { benchImages } from './bench-images.mjs';

const options = contenderOptions();
const { imageSize, batchSize } = options;
const { detector, model } = benchDetector(options);
const file = formulaWeightsFile();
await model.writeVariables(detectorWeights(detector, readStateDict(file), file).values);
const evaluate = model.evaluation('evaluate', evaluationStep(detector));
const inputs = benchImages(batchSize, imageSize);
const anchors = retinanetAnchors(imageSize, imageSize);

function detectionsOf(outputs, image) {
  let first = 0;
  const levels = Array.from({ length: 5 }, (_, level) => {
    const logits = outputs[`logits${level}`];
    const [, count, columns] = logits.shape;
    const part = (tensor, width) => tensor.data.subarray(image * count * width, (image + 1) * count * width);
    const from = first;
    first += count;
    return {
      logits: part(logits, columns),
      deltas: part(outputs[`deltas${level}`], 4),
      anchors: anchors.subarray(from * 4, first * 4),
    };
  });
  return postProcess({ levels, numClasses: 20, imageSize: { width: imageSize, height: imageSize } });
}

let detections = 0;
await measureSteps({
  options,
  step: async () => {
    const outputs = await evaluate(inputs);
    detections = 0;
    for (let image = 0; image < batchSize; image++) detections += detectionsOf(outputs, image).scores.length;
  },
  note: () => ({ detections }),
});
await model.dispose();
