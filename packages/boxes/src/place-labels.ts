/** A label to be written at a box. */
export interface Label {
  readonly text: string;
  readonly box: readonly [number, number, number, number];
  /** Where it is written when there is room: over the box's upper edge, or inside at its lower edge. */
  readonly prefers: 'above' | 'inside';
}

/** Where a label begins, on its baseline. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
}

/** Width of a letter of bold sans-serif type, in its size; on the wide side. */
const letterWidth = 0.64;

/**
 * Places labels inside an image, each at an edge of its box, the first ones first; one that finds all four places taken
 * gets the one where it covers least.
 */
export function placeLabels(
  labels: readonly Label[],
  options: { readonly size: number; readonly width: number; readonly height: number },
): LabelPlace[] {
  const { size, width, height } = options;
  const taken: Rectangle[] = [];
  return labels.map(({ text, box: [x1, y1, , y2], prefers }) => {
    const textWidth = text.length * letterWidth * size;
    const x = Math.max(0, Math.min(x1 + size / 5, width - textWidth));
    const above = [y1 - size / 4, y1 + size];
    const inside = [y2 - size / 4, y2 + size];
    const places = (prefers === 'above' ? [...above, ...inside] : [...inside, ...above.reverse()]).map((baseline) => {
      const y = Math.max(size, Math.min(height - size / 4, baseline));
      const area = { left: x, right: x + textWidth, top: y - size, bottom: y + size / 4 };
      return { x, y, area, covered: taken.reduce((sum, other) => sum + overlap(area, other), 0) };
    });
    const best = places.reduce((a, b) => (b.covered < a.covered ? b : a));
    taken.push(best.area);
    return { x: best.x, y: best.y };
  });
}

interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}
