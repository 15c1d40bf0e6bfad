import { boxCount } from './box';
import type { BoxArray } from './box';
import { boxAreas } from './overlap';

/** The match of an anchor that is background. */
export const BACKGROUND = -1;
/** The match of an anchor that takes no part in training. */
export const IGNORED = -2;

/** An anchor whose best IoU is at least this is foreground. */
const FOREGROUND_IOU = 0.5;
/** An anchor whose best IoU is below this is background; between the two it is ignored. */
const BACKGROUND_IOU = Math.fround(0.4);

/** What the matcher makes of anchors with a low IoU. */
export interface MatchOptions {
  /** True (the default): each anchor that has a ground-truth box's best IoU is foreground, however low that IoU is. */
  readonly allowLowQuality?: boolean;
}

/**
 * The ground-truth box of each anchor: its index, BACKGROUND or IGNORED. [R, 4] and [G, 4] give [R].
 *
 * | best IoU of the anchor          | is it some box's best anchor? | match             |
 * |---------------------------------|-------------------------------|-------------------|
 * | at least 0.5                    | –                             | box of that IoU   |
 * | below, allowLowQuality          | yes, also as one of several   | box of that IoU   |
 * | 0.4 to 0.5                      | no                            | IGNORED           |
 * | below 0.4                       | no                            | BACKGROUND        |
 *
 * The box is always the anchor's own best one, the first of equals, even when the anchor is foreground for the sake of
 * another box. IoU is in float32 arithmetic, so that ties are those of torchvision. A box that no anchor touches gets
 * none (torchvision would call every anchor its best).
 *
 * Source: torchvision `models/detection/_utils.py`, Matcher.
 */
export function matchAnchors(anchors: BoxArray, gtBoxes: BoxArray, options: MatchOptions = {}): Int32Array {
  const { allowLowQuality = true } = options;
  const count = boxCount(anchors);
  const matches = new Int32Array(count).fill(BACKGROUND);
  const best = findBest(anchors, gtBoxes, allowLowQuality);
  for (let i = 0; i < count; i++) {
    const value = best.iou[i];
    if (value < BACKGROUND_IOU) continue;
    matches[i] = value < FOREGROUND_IOU ? IGNORED : best.box[i];
  }
  for (const i of best.anchorsOfBoxes) matches[i] = best.box[i];
  return matches; // [R]
}

interface BestMatches {
  /** Best IoU of each anchor. [R] */
  readonly iou: Float32Array;
  /** The box of that IoU, the first of equals; 0 when nothing overlaps. [R] */
  readonly box: Int32Array;
  /** All anchors that some box has its best IoU with. */
  readonly anchorsOfBoxes: readonly number[];
}

/** Neighbouring anchors lie near each other: whole blocks of them are passed over by the bounds of the block. */
const BLOCK_SIZE = 96;

// Coordinates go through Float32Array once, so that the inner loop has float32 values only.
function findBest(anchors: BoxArray, gtBoxes: BoxArray, wantsAnchorsOfBoxes: boolean): BestMatches {
  const count = boxCount(anchors);
  const coordinates = anchors instanceof Float32Array ? anchors : Float32Array.from(anchors);
  const gtCoordinates = gtBoxes instanceof Float32Array ? gtBoxes : Float32Array.from(gtBoxes);
  const areas = boxAreas(coordinates);
  const gtAreas = boxAreas(gtCoordinates);
  const bounds = blockBounds(coordinates);
  const bestIou = new Float32Array(count);
  const bestBox = new Int32Array(count);
  const anchorsOfBoxes: number[] = [];
  for (let g = 0; g < gtAreas.length; g++) {
    const x1 = gtCoordinates[4 * g];
    const y1 = gtCoordinates[4 * g + 1];
    const x2 = gtCoordinates[4 * g + 2];
    const y2 = gtCoordinates[4 * g + 3];
    const area = gtAreas[g];
    let bestOfBox = 0;
    let ties: number[] = [];
    for (let start = 0, b = 0; start < count; start += BLOCK_SIZE, b += 4) {
      if (bounds[b] >= x2 || bounds[b + 1] >= y2 || bounds[b + 2] <= x1 || bounds[b + 3] <= y1) continue;
      const end = Math.min(start + BLOCK_SIZE, count);
      for (let i = start, k = 4 * start; i < end; i++, k += 4) {
        const right = coordinates[k + 2];
        const left = coordinates[k];
        const width = Math.fround((right < x2 ? right : x2) - (left > x1 ? left : x1));
        if (!(width > 0)) continue;
        const bottom = coordinates[k + 3];
        const top = coordinates[k + 1];
        const height = Math.fround((bottom < y2 ? bottom : y2) - (top > y1 ? top : y1));
        if (!(height > 0)) continue;
        const intersection = Math.fround(width * height);
        const value = Math.fround(intersection / Math.fround(Math.fround(area + areas[i]) - intersection));
        if (value > bestIou[i]) {
          bestIou[i] = value;
          bestBox[i] = g;
        }
        if (value < bestOfBox) continue;
        if (value > bestOfBox) ties = [];
        bestOfBox = value;
        ties.push(i);
      }
    }
    if (wantsAnchorsOfBoxes && bestOfBox > 0) for (const i of ties) anchorsOfBoxes.push(i);
  }
  return { iou: bestIou, box: bestBox, anchorsOfBoxes };
}

/** The box around each block of anchors, [blocks, 4]. */
function blockBounds(boxes: Float32Array): Float32Array {
  const count = boxes.length / 4;
  const bounds = new Float32Array(4 * Math.ceil(count / BLOCK_SIZE));
  for (let start = 0, b = 0; start < count; start += BLOCK_SIZE, b += 4) {
    let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
    const end = 4 * Math.min(start + BLOCK_SIZE, count);
    for (let k = 4 * start; k < end; k += 4) {
      x1 = Math.min(x1, boxes[k]);
      y1 = Math.min(y1, boxes[k + 1]);
      x2 = Math.max(x2, boxes[k + 2]);
      y2 = Math.max(y2, boxes[k + 3]);
    }
    bounds[b] = x1;
    bounds[b + 1] = y1;
    bounds[b + 2] = x2;
    bounds[b + 3] = y2;
  }
  return bounds;
}
