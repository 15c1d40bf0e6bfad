import { ShapeError } from '@featuremine/errors';
import { toTorchLayout } from './layout';
import type { WantedTensor } from './plan-load';
import { elementCount, type StateDict } from './state-dict';

/** Choices of `makeStateDict`. */
export interface StateDictOptions {
  /**
   * Writes `num_batches_tracked` with this count beside every `running_mean`, as torch.nn.BatchNorm2d has it and
   * `load_state_dict(strict=True)` wants it; left out for FrozenBatchNorm2d, which has none.
   */
  readonly batchCount?: number;
}

/**
 * A state dict in PyTorch's layout from variables in this toolkit's layout, in the order of `variables`.
 *
 * Throws ShapeError for a variable without values, or with another number of them than its shape says.
 */
export function makeStateDict(
  variables: readonly WantedTensor[],
  values: ReadonlyMap<string, Float32Array>,
  options: StateDictOptions = {},
): StateDict {
  const tensors: StateDict = new Map();
  for (const { name, shape } of variables) {
    const data = values.get(name);
    if (data === undefined || data.length !== elementCount(shape)) {
      throw new ShapeError({
        where: `variable ${name}`,
        found: data === undefined ? 'no values' : `${data.length} values`,
        expected: `the ${elementCount(shape)} of shape [${shape.join(', ')}]`,
        fix: 'Pass the values of all variables that are to be saved',
      });
    }
    tensors.set(name, { dtype: 'F32', ...toTorchLayout(shape, data) });
    if (options.batchCount !== undefined && name.endsWith('.running_mean')) {
      const counter = name.replace(/running_mean$/, 'num_batches_tracked');
      tensors.set(counter, { dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(options.batchCount)) });
    }
  }
  return tensors;
}
