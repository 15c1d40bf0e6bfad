import { groupNorm, normalInit, onesInit, relu, tf, zerosInit } from '@featuremine/tensor-graph';
import type { StepContext, VariableSpec } from '@featuremine/tensor-graph';
import { anchorsPerCell } from '@featuremine/boxes';
import type { DetectorArchitecture } from './architecture';
import { PYRAMID_CHANNELS, anchorShapesOf } from './architecture';
import { convolutionVariables, convolve } from './convolution';

const HEAD_CONVOLUTIONS = 4;
const NORM_GROUPS = 32;
const PRIOR_PROBABILITY = 0.01;

/** What a head says about every anchor of every level, anchors in the order of `retinanetAnchors`. */
export interface HeadOutputs {
  readonly logits: readonly tf.Tensor[]; // [N, R of the level, K + 1] each
  readonly deltas: readonly tf.Tensor[]; // [N, R of the level, 4] each
}

/** What decides the shape of the head. */
type HeadArchitecture = Pick<DetectorArchitecture, 'numClasses' | 'hasHeadNorm' | 'anchors'>;

/** One of the two branches of the head. */
interface Branch {
  readonly prefix: string;
  readonly output: string;
}

const CLASSIFICATION: Branch = { prefix: 'head.classification_head', output: 'cls_logits' };
const REGRESSION: Branch = { prefix: 'head.regression_head', output: 'bbox_reg' };

/**
 * The variables of both branches: four 3x3 convolutions and an output convolution each, filters from N(0, 0.01).
 *
 * The bias of the class output is −ln((1 − 0.01) / 0.01), so that training starts from a score of 0.01 everywhere.
 */
export function headVariables(architecture: HeadArchitecture): VariableSpec[] {
  const { numClasses, hasHeadNorm } = architecture;
  const perCell = anchorsPerCell(anchorShapesOf(architecture));
  const priorBias = -Math.log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY);
  return [
    ...branchVariables(CLASSIFICATION, { hasHeadNorm, outChannels: perCell * (numClasses + 1), biasStart: priorBias }),
    ...branchVariables(REGRESSION, { hasHeadNorm, outChannels: perCell * 4, biasStart: 0 }),
  ];
}

/**
 * Applies both branches, whose weights all levels share, to p3…p7.
 *
 * Source: torchvision `models/detection/retinanet.py`, RetinaNetHead.
 */
export function detectionHeads(
  step: StepContext,
  levels: readonly tf.Tensor[],
  architecture: HeadArchitecture,
): HeadOutputs {
  const { numClasses, hasHeadNorm } = architecture;
  const common = { hasHeadNorm, perCell: anchorsPerCell(anchorShapesOf(architecture)) };
  return {
    logits: levels.map((level) => branch(step, level, { ...CLASSIFICATION, ...common, columns: numClasses + 1 })),
    deltas: levels.map((level) => branch(step, level, { ...REGRESSION, ...common, columns: 4 })),
  };
}

function branchVariables(
  { prefix, output }: Branch,
  { hasHeadNorm, outChannels, biasStart }: { hasHeadNorm: boolean; outChannels: number; biasStart: number },
): VariableSpec[] {
  const common = { size: 3, inChannels: PYRAMID_CHANNELS, weightInit: normalInit(0.01) };
  const hidden = Array.from({ length: HEAD_CONVOLUTIONS }, (_, i) => [
    ...convolutionVariables({
      ...common,
      name: `${prefix}.conv.${i}.0`,
      outChannels: PYRAMID_CHANNELS,
      ...(hasHeadNorm ? {} : { biasStart: 0 }),
    }),
    ...(hasHeadNorm ? normVariables(`${prefix}.conv.${i}.1`) : []),
  ]);
  return [
    ...hidden.flat(),
    ...convolutionVariables({ ...common, name: `${prefix}.${output}`, outChannels, biasStart }),
  ];
}

function normVariables(name: string): VariableSpec[] {
  const common = { shape: [PYRAMID_CHANNELS], role: 'parameter', isTrainable: true, hasDecay: true } as const;
  return [
    { ...common, name: `${name}.weight`, initial: onesInit },
    { ...common, name: `${name}.bias`, initial: zerosInit },
  ];
}

function branch(
  step: StepContext,
  level: tf.Tensor,
  options: Branch & { readonly hasHeadNorm: boolean; readonly perCell: number; readonly columns: number },
): tf.Tensor {
  const { prefix, output, hasHeadNorm, perCell, columns } = options;
  let x = level;
  for (let i = 0; i < HEAD_CONVOLUTIONS; i++) {
    x = convolve(step, x, { name: `${prefix}.conv.${i}.0`, hasBias: !hasHeadNorm });
    if (hasHeadNorm) x = normalised(step, x, `${prefix}.conv.${i}.1`);
    x = relu(x);
  }
  const y = convolve(step, x, { name: `${prefix}.${output}` }); // [N, H, W, anchors * columns]
  const [count, height, width] = y.shape as [number, number, number];
  return tf.reshape(y, [count, height * width * perCell, columns]); // [N, R of the level, columns]
}

function normalised(step: StepContext, x: tf.Tensor, name: string): tf.Tensor {
  const scale = step.variable(`${name}.weight`);
  const offset = step.variable(`${name}.bias`);
  return groupNorm(x, scale, offset, { groups: NORM_GROUPS });
}
