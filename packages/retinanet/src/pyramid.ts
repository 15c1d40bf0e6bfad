import { add, kaimingUniform, relu, upsampleNearest } from '@featuremine/tensor-graph';
import type { StepContext, VariableSpec, tf } from '@featuremine/tensor-graph';
import type { DetectorArchitecture } from './architecture';
import { PYRAMID_CHANNELS } from './architecture';
import { convolutionVariables, convolve } from './convolution';

const PREFIX = 'backbone.fpn';

/**
 * The variables of the feature pyramid: three lateral 1x1 and three output 3x3 convolutions, p6 and p7.
 *
 * `stageChannels` are the channels of c3, c4 and c5. Filters start kaiming-uniform with a = 1, biases at 0.
 */
export function pyramidVariables(
  stageChannels: readonly [number, number, number],
  p6From: DetectorArchitecture['p6From'],
): VariableSpec[] {
  const common = { outChannels: PYRAMID_CHANNELS, weightInit: kaimingUniform({ a: 1 }), biasStart: 0 };
  const square = { ...common, size: 3, inChannels: PYRAMID_CHANNELS };
  const p6Channels = p6From === 'p5' ? PYRAMID_CHANNELS : stageChannels[2];
  return [
    ...stageChannels.map((inChannels, i) => ({
      ...common,
      name: `${PREFIX}.inner_blocks.${i}.0`,
      size: 1,
      inChannels,
    })),
    ...stageChannels.map((_, i) => ({ ...square, name: `${PREFIX}.layer_blocks.${i}.0` })),
    { ...square, name: `${PREFIX}.extra_blocks.p6`, inChannels: p6Channels },
    { ...square, name: `${PREFIX}.extra_blocks.p7` },
  ].flatMap(convolutionVariables);
}

/**
 * Builds p3…p7 (strides 8…128, 256 channels) from the backbone's c3, c4 and c5.
 *
 * Each lateral map gets the coarser one added, enlarged to its size by nearest neighbour; p6 is a stride-2 convolution
 * of p5 or c5, p7 one of ReLU(p6).
 *
 * Source: torchvision `ops/feature_pyramid_network.py`, FeaturePyramidNetwork with LastLevelP6P7.
 */
export function featurePyramid(
  step: StepContext,
  stages: readonly [tf.Tensor, tf.Tensor, tf.Tensor],
  p6From: DetectorArchitecture['p6From'],
): tf.Tensor[] {
  const laterals = stages.map((stage, i) => convolve(step, stage, { name: `${PREFIX}.inner_blocks.${i}.0` }));
  let inner = laterals[2];
  const levels = [outputMap(step, inner, 2)];
  for (const i of [1, 0]) {
    const lateral = laterals[i];
    const [, height, width] = lateral.shape as [number, number, number];
    inner = add(lateral, upsampleNearest(inner, [height, width]));
    levels.unshift(outputMap(step, inner, i));
  }
  const p6 = convolve(step, p6From === 'p5' ? levels[2] : stages[2], { name: `${PREFIX}.extra_blocks.p6`, stride: 2 });
  const p7 = convolve(step, relu(p6), { name: `${PREFIX}.extra_blocks.p7`, stride: 2 });
  return [...levels, p6, p7];
}

function outputMap(step: StepContext, inner: tf.Tensor, index: number): tf.Tensor {
  return convolve(step, inner, { name: `${PREFIX}.layer_blocks.${index}.0` });
}
