import { complementaryRows } from './mining-box';
import { poolComplements, type MiningKind } from './mining-kind';

/**
 * Dropout-FM, an ablation of the paper's: single cells, not a box, go to one part or the other. The first part takes each
 * cell with probability 1 − λ, λ uniform in [0, 1), so that it is as large as a box would be before clipping.
 *
 * Source: Xie et al., Feature Mining, table 9.
 */
export const pointMining: MiningKind = {
  draw({ height, width }, random) {
    const share = 1 - random.uniform();
    const mask = Float32Array.from({ length: height * width }, () => (random.chance(share) ? 1 : 0));
    return { dtype: 'float32', shape: [2, height * width], data: complementaryRows(mask) };
  },
  pool: poolComplements,
};
