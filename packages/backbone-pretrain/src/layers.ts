import {
  batchNormLayer,
  conv2d,
  conv2dFrozenBatchNorm,
  kaimingNormalFanOut,
  linear,
  onesInit,
  uniformInit,
  zerosInit,
  type StepContext,
  type tf,
  type VariableSpec,
} from '@featuremine/tensor-graph';

/** A piece of a network: its variables, and what it does to a map [N, H, W, C] inside a step. */
export interface Layer {
  readonly variables: readonly VariableSpec[];
  apply(step: StepContext, x: tf.Tensor): tf.Tensor;
}

/** What of a network learns; the same for all layers below one stage. */
export interface Trainability {
  /** Whether convolutions, and the scale and offset of batch norms, are trained. */
  readonly isTrainable: boolean;
  /** Whether batch norms use their stored statistics as constants, and none of their four variables changes. */
  readonly hasFrozenNorm: boolean;
}

/** Everything is trained and batch norms take the batch's statistics. */
export const FULLY_TRAINABLE: Trainability = { isTrainable: true, hasFrozenNorm: false };

/** Size and padding of a convolution without bias; `padding` is PyTorch's, pixels on each side. */
export interface ConvolutionShape {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly size: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** A convolution without bias, variable `<name>.weight` [k, k, in, out], started as Kaiming normal, fan out. */
export function convolution(name: string, shape: ConvolutionShape, trainability: Trainability): Layer {
  const { inChannels, outChannels, size, stride = 1, padding = Math.floor(size / 2) } = shape;
  const weight: VariableSpec = {
    name: `${name}.weight`,
    shape: [size, size, inChannels, outChannels],
    role: 'parameter',
    isTrainable: trainability.isTrainable,
    hasDecay: true,
    initial: kaimingNormalFanOut,
  };
  return {
    variables: [weight],
    apply: (step, x) => conv2d(x, step.variable(weight.name), { stride, padding }),
  };
}

/** Batch norm over channels with PyTorch's four variables, momentum 0.1 and epsilon 1e-5. */
export function normalization(name: string, channels: number, trainability: Trainability): Layer {
  const { hasFrozenNorm } = trainability;
  const isTrainable = trainability.isTrainable && !hasFrozenNorm;
  const shape = [channels];
  const affine = { shape, role: hasFrozenNorm ? 'buffer' : 'parameter', isTrainable, hasDecay: true } as const;
  const statistic = { shape, role: 'buffer', isTrainable: false, hasDecay: false } as const;
  return {
    variables: [
      { ...affine, name: `${name}.weight`, initial: onesInit },
      { ...affine, name: `${name}.bias`, initial: zerosInit },
      { ...statistic, name: `${name}.running_mean`, initial: zerosInit },
      { ...statistic, name: `${name}.running_var`, initial: onesInit },
    ],
    apply: (step, x) => batchNormLayer(step, x, name, { isFrozen: hasFrozenNorm, momentum: 0.1, epsilon: 1e-5 }),
  };
}

/**
 * A convolution and the batch norm behind it, as `convolution` and `normalization` name them. Where the norm is
 * constant (frozen, or outside of training) both are one convolution.
 */
export function normalizedConvolution(
  names: { readonly convolution: string; readonly norm: string },
  shape: ConvolutionShape,
  trainability: Trainability,
): Layer {
  const first = convolution(names.convolution, shape, trainability);
  const second = normalization(names.norm, shape.outChannels, trainability);
  const { size, stride = 1, padding = Math.floor(size / 2) } = shape;
  return {
    variables: [...first.variables, ...second.variables],
    apply(step, x) {
      if (step.isTraining && !trainability.hasFrozenNorm) return second.apply(step, first.apply(step, x));
      const variable = (part: string): tf.Tensor => step.variable(`${names.norm}.${part}`);
      const [scale, offset] = [variable('weight'), variable('bias')];
      const [mean, variance] = [variable('running_mean'), variable('running_var')];
      const filter = step.variable(`${names.convolution}.weight`);
      return conv2dFrozenBatchNorm(x, filter, { scale, offset, mean, variance }, { stride, padding });
    },
  };
}

/** The variables of a fully connected layer with bias, `<name>.weight` [in, out], started as PyTorch's Linear. */
export function linearVariables(name: string, inFeatures: number, outFeatures: number): VariableSpec[] {
  const common = { role: 'parameter', isTrainable: true, hasDecay: true } as const;
  const initial = uniformInit(1 / Math.sqrt(inFeatures));
  return [
    { ...common, name: `${name}.weight`, shape: [inFeatures, outFeatures], initial },
    { ...common, name: `${name}.bias`, shape: [outFeatures], initial },
  ];
}

/** Applies the fully connected layer `name` to features [N, in], giving [N, out]. */
export function applyLinear(step: StepContext, name: string, features: tf.Tensor): tf.Tensor {
  return linear(features, step.variable(`${name}.weight`), step.variable(`${name}.bias`));
}

/** Layers one after another. */
export function sequence(layers: readonly Layer[]): Layer {
  return {
    variables: layers.flatMap((layer) => layer.variables),
    apply: (step, x) => layers.reduce((map, layer) => layer.apply(step, map), x),
  };
}

/** A layer without variables. */
export function operation(apply: (x: tf.Tensor) => tf.Tensor): Layer {
  return { variables: [], apply: (_step, x) => apply(x) };
}
