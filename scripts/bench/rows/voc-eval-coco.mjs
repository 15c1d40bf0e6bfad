// COCO's twelve numbers from what is in memory: ground truth and detections were read before.
import { readFileSync } from 'node:fs';
import { detectionsFromCocoResults, evaluateCoco, groundTruthFromCoco } from '@featuremine/voc-eval';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { cocoGroundTruth, cocoResults, makeCocoFiles } from './voc-eval-files.mjs';

const options = contenderOptions();
makeCocoFiles();
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const groundTruth = groundTruthFromCoco(read(cocoGroundTruth), cocoGroundTruth);
const { detections } = detectionsFromCocoResults(read(cocoResults), groundTruth, cocoResults);
let mAP = NaN;
await measureSteps({
  options,
  step: () => {
    mAP = evaluateCoco({ groundTruth, detections }).mAP;
  },
  note: () => ({ loss: mAP }),
});
