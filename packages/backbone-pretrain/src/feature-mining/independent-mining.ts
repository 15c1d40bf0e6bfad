import type { Random } from '@featuremine/random';
import { maskedPool, tf } from '@featuremine/tensor-graph';
import { boxMask, drawMiningBox, type MapSize, type MiningBox } from './mining-box';
import type { MiningKind } from './mining-kind';

/**
 * Non-complementary Feature Mining, an ablation of the paper's: the first part is a box, the second what a second,
 * independent box leaves. Its input has the rows M1 / HW, (1 − M2) / HW and 1 / HW.
 *
 * Source: Xie et al., Feature Mining, table 9.
 */
export const independentMining: MiningKind = {
  boxes: drawBoxes,
  draw(map, random) {
    const cells = map.height * map.width;
    const [first, second] = drawBoxes(map, random).map((box) => boxMask(map, box));
    const data = new Float32Array(3 * cells);
    data.set(first.map((inside) => inside / cells));
    data.set(
      second.map((inside) => (1 - inside) / cells),
      cells,
    );
    data.fill(1 / cells, 2 * cells);
    return { dtype: 'float32', shape: [3, cells], data };
  },
  pool(map, rows) {
    const [inside, outside, full] = tf.unstack(maskedPool(map, rows), 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { inside, outside, full };
  },
};

function drawBoxes(map: MapSize, random: Random): MiningBox[] {
  return [drawMiningBox(map, random), drawMiningBox(map, random)];
}
