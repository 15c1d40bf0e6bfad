import { constantInit, conv2d } from '@featuremine/tensor-graph';
import type { Initializer, StepContext, VariableSpec, tf } from '@featuremine/tensor-graph';

/** A convolution with bias by torchvision's names `<name>.weight` and `<name>.bias`. */
export interface ConvolutionShape {
  readonly name: string;
  readonly size: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly weightInit: Initializer;
  /** The bias starts at this value; without one the layer has no bias. */
  readonly biasStart?: number;
}

/** The variables of a convolution: filter `[size, size, in, out]`, and bias `[out]` if it has one. */
export function convolutionVariables(shape: ConvolutionShape): VariableSpec[] {
  const { name, size, inChannels, outChannels, weightInit, biasStart } = shape;
  const common = { role: 'parameter', isTrainable: true, hasDecay: true } as const;
  const weight = {
    ...common,
    name: `${name}.weight`,
    shape: [size, size, inChannels, outChannels],
    initial: weightInit,
  };
  if (biasStart === undefined) return [weight];
  return [weight, { ...common, name: `${name}.bias`, shape: [outChannels], initial: constantInit(biasStart) }];
}

/** Applies the convolution of that name with PyTorch's padding (size − 1) / 2. `[N, H, W, in]` → `[N, H', W', out]`. */
export function convolve(
  step: StepContext,
  x: tf.Tensor,
  layer: { readonly name: string; readonly hasBias?: boolean; readonly stride?: number },
): tf.Tensor {
  const filter = step.variable(`${layer.name}.weight`);
  const bias = layer.hasBias === false ? {} : { bias: step.variable(`${layer.name}.bias`) };
  return conv2d(x, filter, { stride: layer.stride ?? 1, padding: (filter.shape[0] - 1) / 2, ...bias });
}
