import { CompiledModel, type HostTensor, type VariableSpec } from '@featuremine/tensor-graph';
import { formulaImage, formulaWeights } from './formula-weights';

/** A model whose variables start with the formula's values. */
export function formulaModel(variables: readonly VariableSpec[]): CompiledModel {
  const initial = (variable: VariableSpec) => (): Float32Array => formulaWeights([variable]).get(variable.name)!;
  return new CompiledModel({ variables: variables.map((spec) => ({ ...spec, initial: initial(spec) })), seed: 0 });
}

/** The formula's images `first`, `first + 1`, …, uint8 [count, side, side, 3]. */
export function formulaImages(first: number, count: number, side: number): HostTensor {
  const data = new Uint8Array(count * side * side * 3);
  for (let i = 0; i < count; i++) data.set(formulaImage(first + i, side, side), i * side * side * 3);
  return { dtype: 'uint8', shape: [count, side, side, 3], data };
}
