import type { ResNetDepth } from '@featuremine/backbone-pretrain';
import { RETINANET_ANCHORS } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';

/** The depth of each ResNet that a detector can stand on. */
export const BACKBONE_DEPTHS = {
  resnet18: 18,
  resnet34: 34,
  resnet50: 50,
  resnet101: 101,
} as const satisfies Record<string, ResNetDepth>;
/** A backbone that a detector can stand on, by its name. */
export type BackboneName = keyof typeof BACKBONE_DEPTHS;

/** Backbones that a detector can stand on. */
export const BACKBONES = Object.keys(BACKBONE_DEPTHS) as [BackboneName, ...BackboneName[]];

/** All that decides the names and shapes of a detector's weights, and which of them learn. */
export interface DetectorArchitecture {
  readonly backbone: BackboneName;
  /** Classes without the background, whose column the head has besides: K + 1 columns. */
  readonly numClasses: number;
  /** Where P6 comes from: the pyramid's p5 (torchvision's first version) or the backbone's c5 (its second). */
  readonly p6From: 'p5' | 'c5';
  /** Group normalisation (32 groups) after the head's convolutions, which then have no bias. */
  readonly hasHeadNorm: boolean;
  /** How the backbone's batch normalisation runs: on stored statistics that never change, or training. */
  readonly batchNorm: 'frozen' | 'trainable';
  /** So many stages learn, counted from the last: 3 is layer2-layer4, 5 is the whole backbone with its stem. */
  readonly trainableStages: number;
  /** Sizes and ratios of the anchors; torchvision's when absent. */
  readonly anchors?: AnchorShapes | undefined;
}

/** The anchors of a detector. */
export function anchorShapesOf({ anchors }: Pick<DetectorArchitecture, 'anchors'>): AnchorShapes {
  return anchors ?? RETINANET_ANCHORS;
}

/** Channels of each level of the pyramid. */
export const PYRAMID_CHANNELS = 256;
/** Levels of the pyramid: p3 to p7. */
export const PYRAMID_LEVELS = 5;

/** The two published forms of RetinaNet in torchvision: `retinanet_resnet50_fpn` and `retinanet_resnet50_fpn_v2`. */
export const DETECTOR_VERSIONS = {
  v1: { p6From: 'p5', hasHeadNorm: false },
  v2: { p6From: 'c5', hasHeadNorm: true },
} as const satisfies Record<string, Pick<DetectorArchitecture, 'p6From' | 'hasHeadNorm'>>;

/**
 * The defaults for what learns: from pretrained weights, torchvision's frozen batch norm and three stages; from none,
 * everything.
 */
export function trainablePart(isPretrained: boolean): Pick<DetectorArchitecture, 'batchNorm' | 'trainableStages'> {
  return isPretrained ? { batchNorm: 'frozen', trainableStages: 3 } : { batchNorm: 'trainable', trainableStages: 5 };
}
