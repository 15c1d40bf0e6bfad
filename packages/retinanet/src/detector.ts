import { resnet } from '@featuremine/backbone-pretrain';
import type { ResNetBackbone } from '@featuremine/backbone-pretrain';
import type { StepContext, VariableSpec, tf } from '@featuremine/tensor-graph';
import { BACKBONE_DEPTHS } from './architecture';
import type { DetectorArchitecture } from './architecture';
import { detectionHeads, headVariables } from './heads';
import type { HeadOutputs } from './heads';
import { preparedImages } from './images';
import { featurePyramid, pyramidVariables } from './pyramid';

/** The name before each variable of the backbone, as torchvision has it. */
export const BACKBONE_PREFIX = 'backbone.body.';

/** A RetinaNet: its variables, and its forward pass inside a step. */
export interface Detector {
  readonly architecture: DetectorArchitecture;
  /** Names as in torchvision's state dict, shapes as TensorFlow has them. */
  readonly variables: readonly VariableSpec[];
  /**
   * Raw images `[N, H, W, 3]` (0…255) and their sizes `[N, 2]` (height, width) → logits and deltas per level. Without
   * sizes nothing is masked: what is padded must hold the mean already.
   */
  forward(step: StepContext, images: tf.Tensor, imageSizes?: tf.Tensor): HeadOutputs;
}

/**
 * Builds a RetinaNet after torchvision's `retinanet_resnet50_fpn` and `_v2`: backbone, feature pyramid p3…p7, and two
 * head branches that all levels share.
 *
 * Any H and W will do, as strides round up; batches here are padded to multiples of 32. Strides are 8, 16, 32, 64, 128.
 */
export function makeDetector(architecture: DetectorArchitecture): Detector {
  const { p6From } = architecture;
  const backbone = makeBackbone(architecture);
  const { c3, c4, c5 } = backbone.channels;
  return {
    architecture,
    variables: [...backbone.variables, ...pyramidVariables([c3, c4, c5], p6From), ...headVariables(architecture)],
    forward(step, images, imageSizes) {
      const maps = backbone.forward(step, preparedImages(images, imageSizes));
      return detectionHeads(step, featurePyramid(step, [maps.c3, maps.c4, maps.c5], p6From), architecture);
    },
  };
}

function makeBackbone({ backbone, batchNorm, trainableStages }: DetectorArchitecture): ResNetBackbone {
  return resnet(BACKBONE_DEPTHS[backbone], {
    prefix: BACKBONE_PREFIX,
    trainableStages,
    norm: batchNorm === 'frozen' ? 'frozen' : 'batch',
  });
}
