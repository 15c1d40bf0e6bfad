// The detector of the bench: torchvision's retinanet_resnet50_fpn for VOC, frozen batch norm, three trained stages.
import { makeDetector } from '@featuremine/retinanet';
import { CompiledModel } from '@featuremine/tensor-graph';
import { checkDevice } from './check-device.mjs';

export function benchDetector({ precision, threads, device, backbone = 'resnet50', numClasses = 20 }) {
  const detector = makeDetector({
    backbone,
    numClasses,
    p6From: 'p5',
    hasHeadNorm: false,
    batchNorm: 'frozen',
    trainableStages: 3,
  });
  const model = new CompiledModel({ variables: detector.variables, seed: 0, precision, threads });
  checkDevice(model, { device });
  return { detector, model };
}
