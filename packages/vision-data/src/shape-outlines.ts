/** A point of an outline: the shape's centre is [0, 0], its circumscribed circle has the radius 1. */
export type Point = readonly [x: number, y: number];

/** A shape as a disc, a ring, or a closed polygon; radius 1. */
export type Outline =
  | { readonly kind: 'disc' }
  | { readonly kind: 'ring'; readonly innerRadius: number }
  | { readonly kind: 'polygon'; readonly points: readonly Point[] };

/** The outlines of all shape classes; they stay apart under rotation. */
export const SHAPE_OUTLINES: Readonly<Record<string, Outline>> = {
  circle: { kind: 'disc' },
  square: { kind: 'polygon', points: regularPolygon(4) },
  triangle: { kind: 'polygon', points: regularPolygon(3) },
  star: { kind: 'polygon', points: starPolygon(5, 0.42) },
  cross: { kind: 'polygon', points: crossPolygon(0.3) },
  ring: { kind: 'ring', innerRadius: 0.58 },
  bar: { kind: 'polygon', points: barPolygon(0.26) },
  'half-disc': { kind: 'polygon', points: halfDisc(24) },
};

/** The names of all shape classes. */
export const SHAPE_CLASSES: readonly string[] = Object.keys(SHAPE_OUTLINES);

/** Distance from a point to the outline's border, negative inside. Points and distances are in radii. */
export function signedDistance(outline: Outline, x: number, y: number): number {
  switch (outline.kind) {
    case 'disc':
      return Math.sqrt(x * x + y * y) - 1;
    case 'ring': {
      const radius = Math.sqrt(x * x + y * y);
      return Math.max(radius - 1, outline.innerRadius - radius);
    }
    case 'polygon':
      return distanceToPolygon(outline.points, x, y);
  }
}

/** The extent [x1, y1, x2, y2] of an outline that is turned by `angle` (radians), in radii around its centre. */
export function outlineExtent(outline: Outline, angle: number): [number, number, number, number] {
  if (outline.kind !== 'polygon') return [-1, -1, 1, 1];
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const xs = outline.points.map(([x, y]) => x * cosine - y * sine);
  const ys = outline.points.map(([x, y]) => x * sine + y * cosine);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function regularPolygon(corners: number): Point[] {
  return starPolygon(corners, Math.cos(Math.PI / corners));
}

// Corners on the circle of radius 1, and between them corners on the inner circle.
function starPolygon(corners: number, innerRadius: number): Point[] {
  return Array.from({ length: 2 * corners }, (_, i): Point => {
    const radius = i % 2 === 0 ? 1 : innerRadius;
    const angle = (Math.PI * i) / corners - Math.PI / 2;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function barPolygon(halfWidth: number): Point[] {
  const halfLength = Math.sqrt(1 - halfWidth * halfWidth);
  return [
    [-halfLength, -halfWidth],
    [halfLength, -halfWidth],
    [halfLength, halfWidth],
    [-halfLength, halfWidth],
  ];
}

function crossPolygon(halfWidth: number): Point[] {
  const arm = Math.sqrt(1 - halfWidth * halfWidth);
  const quarter: Point[] = [
    [halfWidth, -arm],
    [halfWidth, -halfWidth],
    [arm, -halfWidth],
  ];
  const turned = (points: Point[]): Point[] => points.map(([x, y]): Point => [-y, x]);
  const second = turned(quarter);
  const third = turned(second);
  return [...quarter, ...second, ...third, ...turned(third)];
}

// The middle of its straight side lies 0.4 above the centre, so that the centre is inside; scaled to the circle.
function halfDisc(steps: number): Point[] {
  const lift = 0.4;
  const scale = 1 / Math.hypot(1, lift);
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = (Math.PI * i) / steps;
    return [scale * Math.cos(angle), scale * (Math.sin(angle) - lift)];
  });
}

// The nearest edge gives the distance; the parity of edges crossed by a ray to the right gives the sign.
function distanceToPolygon(points: readonly Point[], x: number, y: number): number {
  let nearest = Infinity;
  let isInside = false;
  let previous = points[points.length - 1];
  for (let i = 0; i < points.length; i++) {
    const x1 = points[i][0];
    const y1 = points[i][1];
    const x2 = previous[0];
    const y2 = previous[1];
    const edgeX = x2 - x1;
    const edgeY = y2 - y1;
    const along = ((x - x1) * edgeX + (y - y1) * edgeY) / (edgeX * edgeX + edgeY * edgeY);
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const dx = x - x1 - t * edgeX;
    const dy = y - y1 - t * edgeY;
    nearest = Math.min(nearest, dx * dx + dy * dy);
    if (y1 > y !== y2 > y && x < x1 + (edgeX * (y - y1)) / edgeY) isInside = !isInside;
    previous = points[i];
  }
  return isInside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
}
