import { anchorGrid, retinanetLevels } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import type { ImageSize } from '@featuremine/vision-data';

/** The sides and the place of each anchor shape on each level of a padded image. */
interface ShapeOnGrid {
  readonly width: number;
  readonly height: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly lastColumn: number;
  readonly lastRow: number;
}

/** Tells how well the best anchor of a padded image fits a box. */
export class AnchorFit {
  private readonly shapes: readonly ShapeOnGrid[];

  constructor(paddedSize: ImageSize, shapes: AnchorShapes) {
    this.shapes = retinanetLevels(paddedSize.width, paddedSize.height, shapes).flatMap((level) => {
      const base = anchorGrid({ levels: [{ ...level, gridWidth: 1, gridHeight: 1 }], ratios: shapes.ratios });
      return Array.from({ length: base.length / 4 }, (_, i) => ({
        width: base[4 * i + 2] - base[4 * i],
        height: base[4 * i + 3] - base[4 * i + 1],
        strideX: level.strideX,
        strideY: level.strideY,
        lastColumn: level.gridWidth - 1,
        lastRow: level.gridHeight - 1,
      }));
    });
  }

  /**
   * The best IoU that any anchor has with a box (x1, y1, x2, y2 in pixels of the resized image).
   *
   * Of the anchors of one shape the nearest one fits best, column and row apart: overlaps shrink with the distance.
   */
  bestIou(box: ArrayLike<number>): number {
    const [width, height] = [box[2] - box[0], box[3] - box[1]];
    const [centreX, centreY] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    let best = 0;
    for (const shape of this.shapes) {
      const column = Math.min(shape.lastColumn, Math.max(0, Math.round(centreX / shape.strideX)));
      const row = Math.min(shape.lastRow, Math.max(0, Math.round(centreY / shape.strideY)));
      const overlapX = overlap(width, shape.width, Math.abs(centreX - column * shape.strideX));
      const overlapY = overlap(height, shape.height, Math.abs(centreY - row * shape.strideY));
      const shared = overlapX * overlapY;
      best = Math.max(best, shared / (width * height + shape.width * shape.height - shared));
    }
    return best;
  }
}

// What two intervals of these lengths share, whose centres are so far apart.
function overlap(a: number, b: number, distance: number): number {
  return Math.max(0, Math.min(a, b, (a + b) / 2 - distance));
}
