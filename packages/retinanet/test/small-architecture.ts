import { DETECTOR_VERSIONS, type DetectorArchitecture } from '../src/architecture';

/** torchvision's first RetinaNet as it is fine-tuned, on a ResNet-18 for two classes, but for what is given. */
export function smallArchitecture(parts: Partial<DetectorArchitecture> = {}): DetectorArchitecture {
  const base = { backbone: 'resnet18', numClasses: 2, batchNorm: 'frozen', trainableStages: 3 } as const;
  return { ...base, ...DETECTOR_VERSIONS.v1, ...parts };
}
