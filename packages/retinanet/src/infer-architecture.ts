import { WeightsError } from '@featuremine/errors';
import { currentTorchvisionName, withoutWrapper } from '@featuremine/weights';
import type { StateDict } from '@featuremine/weights';
import type { BackboneName, DetectorArchitecture } from './architecture';
import { BACKBONES, PYRAMID_CHANNELS } from './architecture';
import { BACKBONE_PREFIX } from './detector';

/**
 * Reads off a detector's state dict what it was built as: backbone, source of P6, head normalisation and classes.
 * The sizes and ratios of its anchors cannot be read off.
 *
 * @throws WeightsError when it is no RetinaNet on a ResNet.
 */
export function inferArchitecture(
  tensors: StateDict,
  file: string,
): Pick<DetectorArchitecture, 'backbone' | 'p6From' | 'hasHeadNorm' | 'numClasses'> {
  const shapes = currentShapes(tensors);
  const classRows = shapes.get('head.classification_head.cls_logits.weight')?.[0];
  const boxRows = shapes.get('head.regression_head.bbox_reg.weight')?.[0];
  const p6Channels = shapes.get('backbone.fpn.extra_blocks.p6.weight')?.[1];
  if (classRows === undefined || boxRows === undefined || p6Channels === undefined) {
    throw new WeightsError({
      where: file,
      found: 'no RetinaNet by the names of torchvision (head.classification_head.cls_logits, backbone.fpn)',
      fix: 'Pass the state dict of a retinanet_resnet50_fpn, or give a classifier to `retinanet train --backbone`',
    });
  }
  return {
    backbone: inferBackbone(tensors, file),
    p6From: p6Channels === PYRAMID_CHANNELS ? 'p5' : 'c5',
    hasHeadNorm: shapes.has('head.classification_head.conv.0.1.weight'),
    numClasses: (4 * classRows) / boxRows - 1,
  };
}

/**
 * Reads off the names of a state dict, of a classifier or a detector, which ResNet it holds.
 *
 * @throws WeightsError when it holds none.
 */
export function inferBackbone(tensors: StateDict, file: string): BackboneName {
  const names = new Set([...withoutWrapper(tensors).keys()].map((name) => name.replace(BACKBONE_PREFIX, '')));
  const isBottleneck = names.has('layer1.0.conv3.weight');
  const thirdStage = countBlocks(names, 'layer3');
  if (isBottleneck && thirdStage === 6) return 'resnet50';
  if (isBottleneck && thirdStage === 23) return 'resnet101';
  if (!isBottleneck && thirdStage === 2) return 'resnet18';
  if (!isBottleneck && thirdStage === 6) return 'resnet34';
  throw new WeightsError({
    where: file,
    found: thirdStage === 0 ? 'no ResNet by the names of torchvision' : `a ResNet with ${thirdStage} blocks in layer3`,
    expected: `one of ${BACKBONES.join(', ')}`,
    fix: 'CIFAR networks are no detector backbones: pretrain one of these with `backbone-pretrain train --model`',
  });
}

function countBlocks(names: ReadonlySet<string>, stage: string): number {
  let count = 0;
  while (names.has(`${stage}.${count}.conv1.weight`)) count++;
  return count;
}

function currentShapes(tensors: StateDict): Map<string, readonly number[]> {
  return new Map([...withoutWrapper(tensors)].map(([name, { shape }]) => [currentTorchvisionName(name), shape]));
}
