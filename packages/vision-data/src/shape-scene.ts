import type { Random } from '@featuremine/random';
import { colourDistance, createCanvas, develop, drawColour, paint } from './canvas';
import type { Canvas, Colour } from './canvas';
import type { DecodedImage, ImageSize } from './image';
import { SHAPE_OUTLINES, outlineExtent, signedDistance } from './shape-outlines';

/** A shape at its place. */
export interface PlacedShape {
  readonly className: string;
  readonly centreX: number;
  readonly centreY: number;
  /** Radius of the circumscribed circle in pixels. */
  readonly radius: number;
  /** Radians. */
  readonly angle: number;
  /** [x1, y1, x2, y2], whole pixels around the shape. */
  readonly box: readonly [number, number, number, number];
}

/** A shape of this class, with its box. */
export function placeShape(options: Omit<PlacedShape, 'box'>): PlacedShape {
  const { className, centreX, centreY, radius, angle } = options;
  const [x1, y1, x2, y2] = outlineExtent(SHAPE_OUTLINES[className], angle);
  const box = [
    Math.floor(centreX + radius * x1),
    Math.floor(centreY + radius * y1),
    Math.ceil(centreX + radius * x2),
    Math.ceil(centreY + radius * y2),
  ] as const;
  return { ...options, box };
}

/**
 * Draws shapes on a cluttered background: two colours that run into each other, slow waves, thin strokes and specks
 * (which are no objects), noise. Each shape has a colour that stands out, sometimes stripes. Later shapes cover earlier.
 */
export function drawScene(size: ImageSize, shapes: readonly PlacedShape[], random: Random): DecodedImage {
  const first = drawColour(random);
  const second = mixColours(first, drawColour(random), 0.7);
  const canvas = drawBackground(size, [first, second], random);
  const strokes = random.integer(5);
  for (let i = 0; i < strokes; i++) drawStroke(canvas, random);
  for (const shape of shapes) drawShape(canvas, shape, [first, second], random);
  return develop(canvas, random.uniform(1, 8), random);
}

function drawBackground(size: ImageSize, [first, second]: readonly [Colour, Colour], random: Random): Canvas {
  const { width, height } = size;
  const angle = random.uniform(0, 2 * Math.PI);
  const directionX = Math.cos(angle) / width;
  const directionY = Math.sin(angle) / height;
  const waveX = (random.uniform(-4, 4) * 2 * Math.PI) / width;
  const waveY = (random.uniform(-4, 4) * 2 * Math.PI) / height;
  const depth = random.uniform(0, 0.25);
  return createCanvas(size, [first, second], (x, y) => {
    const slope = 0.5 + directionX * (x - width / 2) + directionY * (y - height / 2);
    return slope + depth * Math.sin(waveX * x + waveY * y);
  });
}

// A thin line, or a speck when it is short.
function drawStroke(canvas: Canvas, random: Random): void {
  const { width, height } = canvas;
  const scale = Math.min(width, height);
  const thickness = random.uniform(0.004, 0.012) * scale + 0.5;
  const length = random.uniform(0, 0.5) * scale;
  const angle = random.uniform(0, 2 * Math.PI);
  const [x1, y1] = [random.uniform(0, width), random.uniform(0, height)];
  const [edgeX, edgeY] = [length * Math.cos(angle), length * Math.sin(angle)];
  const colour = drawColour(random);
  const squared = Math.max(1e-6, length * length);
  const area = [
    Math.min(x1, x1 + edgeX) - thickness,
    Math.min(y1, y1 + edgeY) - thickness,
    Math.max(x1, x1 + edgeX) + thickness,
    Math.max(y1, y1 + edgeY) + thickness,
  ] as const;
  paint(canvas, area, {
    distance: (x, y) => {
      const t = Math.min(1, Math.max(0, ((x - x1) * edgeX + (y - y1) * edgeY) / squared));
      const dx = x - x1 - t * edgeX;
      const dy = y - y1 - t * edgeY;
      return Math.sqrt(dx * dx + dy * dy) - thickness;
    },
    colourAt: () => colour,
  });
}

function drawShape(canvas: Canvas, shape: PlacedShape, background: readonly [Colour, Colour], random: Random): void {
  const { className, centreX, centreY, radius, angle, box } = shape;
  const outline = SHAPE_OUTLINES[className];
  const cosine = Math.cos(angle) / radius;
  const sine = Math.sin(angle) / radius;
  const colour = standOut(background, random);
  const striped = random.chance(0.3) ? mixColours(colour, standOut(background, random), 0.5) : colour;
  const stripe = (2 * Math.PI) / (radius * random.uniform(0.3, 0.8));
  paint(canvas, box, {
    distance: (x, y) => {
      const dx = x - centreX;
      const dy = y - centreY;
      return radius * signedDistance(outline, dx * cosine + dy * sine, dy * cosine - dx * sine);
    },
    colourAt: (x, y) => (Math.sin((x + y) * stripe) > 0 ? colour : striped),
  });
}

function standOut(background: readonly [Colour, Colour], random: Random): Colour {
  const apart = (colour: Colour): number =>
    Math.min(...[0, 0.5, 1].map((share) => colourDistance(colour, mixColours(background[0], background[1], share))));
  let best = drawColour(random);
  for (let attempt = 0; attempt < 20 && apart(best) < 90; attempt++) {
    const colour = drawColour(random);
    if (apart(colour) > apart(best)) best = colour;
  }
  return best;
}

function mixColours(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
}
