// Average precision of options.batchSize drawn detections that are in memory, by options.protocol.
import { evaluateCoco, evaluateVoc } from '@featuremine/voc-eval';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { drawnDetections } from './drawn-detections.mjs';

const options = contenderOptions();
const { protocol } = options;
const drawn = drawnDetections(options.batchSize);
let mAP = NaN;
await measureSteps({
  options,
  step: () => {
    mAP = (protocol === 'coco' ? evaluateCoco(drawn) : evaluateVoc({ ...drawn, protocol })).mAP;
  },
  note: () => ({ loss: mAP }),
});
