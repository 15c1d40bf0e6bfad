/** One level of a feature pyramid, as far as anchors need it. */
export interface AnchorLevel {
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** Pixels between neighbouring cells. */
  readonly strideX: number;
  readonly strideY: number;
  /** Square roots of the anchors' areas, in pixels. */
  readonly sizes: readonly number[];
}

/** Sizes and shapes of a RetinaNet's anchors. */
export interface AnchorShapes {
  /** Side s of the smallest square anchor of p3, p4, …, in pixels; each level also has int(s·2^⅓) and int(s·2^⅔). */
  readonly sizes: readonly number[];
  /** Height over width. */
  readonly ratios: readonly number[];
}

/** Those of the paper, and of torchvision: nine anchors a cell, 32 to 812 px. */
export const RETINANET_ANCHORS: AnchorShapes = { sizes: [32, 64, 128, 256, 512], ratios: [0.5, 1, 2] };

/** Anchors of each cell: three sizes of each ratio. */
export function anchorsPerCell({ ratios }: Pick<AnchorShapes, 'ratios'>): number {
  return 3 * ratios.length;
}

/**
 * Anchors of all levels, [R, 4]: level by level, row by row, cell by cell, in a cell ratio by ratio, and for each ratio
 * size by size. The base boxes are centred on the cell's corner (index × stride) and rounded to whole pixels, half to even.
 *
 * Source: torchvision `models/detection/anchor_utils.py`, AnchorGenerator.
 */
export function anchorGrid(options: {
  readonly levels: readonly AnchorLevel[];
  readonly ratios: readonly number[];
}): Float32Array {
  const { levels, ratios } = options;
  let count = 0;
  for (const level of levels) count += level.gridWidth * level.gridHeight * level.sizes.length * ratios.length;
  const anchors = new Float32Array(4 * count);
  let k = 0;
  for (const level of levels) {
    const base = baseBoxes(level.sizes, ratios);
    for (let row = 0; row < level.gridHeight; row++) {
      for (let column = 0; column < level.gridWidth; column++) {
        for (let b = 0; b < base.length; b += 2) {
          anchors[k++] = column * level.strideX - base[b];
          anchors[k++] = row * level.strideY - base[b + 1];
          anchors[k++] = column * level.strideX + base[b];
          anchors[k++] = row * level.strideY + base[b + 1];
        }
      }
    }
  }
  return anchors; // [R, 4]
}

/**
 * The pyramid levels p3 … p7 of torchvision's `retinanet_resnet50_fpn` for a padded image: grids of
 * ceil(size / 8) … ceil(size / 128) cells, strides of size // grid, and three sizes a level.
 */
export function retinanetLevels(
  widthPx: number,
  heightPx: number,
  { sizes }: Pick<AnchorShapes, 'sizes'> = RETINANET_ANCHORS,
): AnchorLevel[] {
  return [8, 16, 32, 64, 128].map((stride, level) => {
    const gridWidth = Math.ceil(widthPx / stride);
    const gridHeight = Math.ceil(heightPx / stride);
    const size = sizes[level];
    return {
      gridWidth,
      gridHeight,
      strideX: Math.floor(widthPx / gridWidth),
      strideY: Math.floor(heightPx / gridHeight),
      sizes: [size, Math.trunc(size * 2 ** (1 / 3)), Math.trunc(size * 2 ** (2 / 3))],
    };
  });
}

/**
 * RetinaNet's anchors for a padded image of this size, [R, 4], nine a cell with the usual three ratios.
 *
 * Source: torchvision `models/detection/retinanet.py`, v1.
 */
export function retinanetAnchors(
  widthPx: number,
  heightPx: number,
  shapes: AnchorShapes = RETINANET_ANCHORS,
): Float32Array {
  return anchorGrid({ levels: retinanetLevels(widthPx, heightPx, shapes), ratios: shapes.ratios });
}

/** Half widths and half heights of the base boxes, two numbers each. */
function baseBoxes(sizes: readonly number[], ratios: readonly number[]): number[] {
  const halves: number[] = [];
  for (const ratio of ratios) {
    const heightRatio = Math.fround(Math.sqrt(Math.fround(ratio)));
    const widthRatio = Math.fround(1 / heightRatio);
    for (const size of sizes) {
      halves.push(
        roundHalfEven(Math.fround(widthRatio * size) / 2),
        roundHalfEven(Math.fround(heightRatio * size) / 2),
      );
    }
  }
  return halves;
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
