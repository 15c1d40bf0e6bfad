import type { HostTensor } from './host-tensor';

type Outputs = Readonly<Record<string, HostTensor>>;

/** The outputs of the last part of a step, with the mean over all parts in place of each scalar that all parts have. */
export function meanOutputs(last: Outputs, earlier: readonly Outputs[]): Record<string, HostTensor> {
  const mean = (name: string, tensor: HostTensor): HostTensor => {
    if (tensor.shape.length > 0 || name === 'isFinite' || name === 'gradientNorm') return tensor;
    const sum = earlier.reduce((total, outputs) => total + outputs[name].data[0], tensor.data[0]);
    return { dtype: 'float32', shape: [], data: Float32Array.of(sum / (earlier.length + 1)) };
  };
  return Object.fromEntries(Object.entries(last).map(([name, tensor]) => [name, mean(name, tensor)]));
}
