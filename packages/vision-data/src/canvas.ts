import type { Random } from '@featuremine/random';
import type { DecodedImage } from './image';

/** Red, green, blue, each 0…255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture in the making: [H, W, 3] in float32, 0…255. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A canvas of two colours that run into each other: `shareAt` is the share of the second, cut to 0…1. */
export function createCanvas(
  size: { readonly width: number; readonly height: number },
  [first, second]: readonly [Colour, Colour],
  shareAt: (x: number, y: number) => number,
): Canvas {
  const { width, height } = size;
  const values = new Float32Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = Math.min(1, Math.max(0, shareAt(x + 0.5, y + 0.5)));
      for (let c = 0; c < 3; c++) values[i++] = first[c] + share * (second[c] - first[c]);
    }
  }
  return { width, height, values };
}

/**
 * Paints where `distance` (pixels to the border, negative inside) says so, with soft edges of one pixel; only within
 * [x1, y1, x2, y2].
 */
export function paint(
  canvas: Canvas,
  area: readonly [number, number, number, number],
  brush: { readonly distance: (x: number, y: number) => number; readonly colourAt: (x: number, y: number) => Colour },
): void {
  const { width, height, values } = canvas;
  const [x1, y1, x2, y2] = area;
  for (let y = Math.max(0, Math.floor(y1) - 1); y < Math.min(height, Math.ceil(y2) + 1); y++) {
    for (let x = Math.max(0, Math.floor(x1) - 1); x < Math.min(width, Math.ceil(x2) + 1); x++) {
      const coverage = Math.min(1, Math.max(0, 0.5 - brush.distance(x + 0.5, y + 0.5)));
      if (coverage === 0) continue;
      const colour = brush.colourAt(x + 0.5, y + 0.5);
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) values[i + c] = values[i + c] + coverage * (colour[c] - values[i + c]);
    }
  }
}

/** Adds noise of this deviation to every pixel, and rounds to 8 bits. */
export function develop(canvas: Canvas, deviation: number, random: Random): DecodedImage {
  const { width, height, values } = canvas;
  const data = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i += 3) {
    // The sum of two uniform numbers (the halves of a word) is near enough to normal, and ten times as fast.
    const word = random.uint32();
    const noise = (((word >>> 16) + (word & 0xffff)) / 65536 - 1) * deviation * 2.45;
    for (let c = i; c < i + 3; c++) data[c] = Math.min(255, Math.max(0, values[c] + noise + 0.5));
  }
  return { width, height, data };
}

/** A random colour, from grey to saturated. */
export function drawColour(random: Random): Colour {
  const hue = random.uniform(0, 6);
  const saturation = random.uniform(0.1, 1);
  const value = random.uniform(40, 255);
  const component = (corner: number): number => {
    const distance = Math.abs(((hue - corner + 9) % 6) - 3);
    return value * (1 - saturation + saturation * Math.min(1, Math.max(0, 2 - distance)));
  };
  return [component(0), component(2), component(4)];
}

/** How far two colours are apart (Euclidean, 0…442). */
export function colourDistance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
