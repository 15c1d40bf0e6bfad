import { globalAveragePool, tf } from '@featuremine/tensor-graph';
import type { MiningKind } from './mining-kind';

/**
 * SpatialDropout-FM, an ablation of the paper's: whole channels go to one part or the other, each to the first with
 * probability 1 − λ, λ uniform in [0, 1). Its input is the mask [C], applied after pooling, which is the same.
 *
 * Source: Xie et al., Feature Mining, table 9.
 */
export const channelMining: MiningKind = {
  draw({ channels }, random) {
    const share = 1 - random.uniform();
    const data = Float32Array.from({ length: channels }, () => (random.chance(share) ? 1 : 0));
    return { dtype: 'float32', shape: [channels], data };
  },
  pool(map, mask) {
    const full = globalAveragePool(map);
    const inside = tf.mul(full, mask);
    return { inside, outside: tf.sub(full, inside), full };
  },
};
