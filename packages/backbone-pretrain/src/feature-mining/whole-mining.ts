import { globalAveragePool } from '@featuremine/tensor-graph';
import type { MiningKind } from './mining-kind';

/**
 * No mining: both heads of a stage see the whole map, as more heads alone would. It tells what Feature Mining owes to
 * its boxes from what it owes to further heads. Its input is a placeholder, the same in each step.
 */
export const wholeMining: MiningKind = {
  draw: () => ({ dtype: 'float32', shape: [], data: Float32Array.of(1) }),
  pool(map) {
    const full = globalAveragePool(map);
    return { inside: full, outside: full, full };
  },
};
