import type { VariableSpec } from '@featuremine/tensor-graph';

const { imul, sqrt } = Math; // jest looks up each global anew, which makes millions of draws slow

/**
 * The variables with filters that are drawn quickly, for tests: uniform, with the deviation of Kaiming's fan-in rule
 * (heads: 0.01). Biases and statistics start as they would.
 */
export function quickStart(variables: readonly VariableSpec[]): VariableSpec[] {
  return variables.map((spec, index) =>
    spec.shape.length === 4 ? { ...spec, initial: (shape) => filter(spec.name, shape, index) } : spec,
  );
}

function filter(name: string, shape: readonly number[], index: number): Float32Array {
  const [height, width, inChannels, outChannels] = shape as [number, number, number, number];
  const values = new Float32Array(height * width * inChannels * outChannels);
  const bound = name.startsWith('head.') ? 0.01 * sqrt(3) : sqrt(6 / (height * width * inChannels));
  let state = imul(index + 1, 0x9e3779b1);
  for (let i = 0; i < values.length; i++) {
    state = imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x5bd1e995;
    values[i] = ((state >>> 8) / 8388608 - 1) * bound;
  }
  return values;
}
