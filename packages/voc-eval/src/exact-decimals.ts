/**
 * The number with the fewest digits that `start` + it rounds to `sum`, so that a stated width or origin survives the
 * way through corners; `sum − start` when none of 17 digits does.
 */
export function shortestStep(start: number, sum: number): number {
  const plain = sum - start;
  if (Number.isInteger(plain) && start + plain === sum) return plain;
  for (let digits = 1; digits <= 17; digits++) {
    const candidate = Number(plain.toPrecision(digits));
    if (start + candidate === sum) return candidate;
  }
  return plain;
}

/** COCO's [x, y, width, height] of corners; x + width and y + height give x2 and y2 back. */
export function cocoBox(x1: number, y1: number, x2: number, y2: number): [number, number, number, number] {
  // A VOC file holds x1 + 1: of the origins that give it, the shortest is the one that was meant.
  const x = shortestStep(1, x1 + 1);
  const y = shortestStep(1, y1 + 1);
  return [x, y, shortestStep(x, x2), shortestStep(y, y2)];
}
