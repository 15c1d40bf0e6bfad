import type { VocAnnotation } from './annotation-types';

/** How often a class occurs. */
export interface ClassCount {
  readonly objects: number;
  readonly images: number;
  readonly difficult: number;
  readonly truncated: number;
}

/** How many objects have a size (square root of the box's area) in [lowPx, highPx). */
export interface SizeCount {
  readonly lowPx: number;
  readonly highPx: number;
  readonly objects: number;
}

const SIZE_BORDERS = [0, 8, 16, 32, 64, 128, 256, 512, 1024, Infinity];

/** Histograms over annotations. */
export class AnnotationStatistics {
  private readonly byClass = new Map<string, { -readonly [K in keyof ClassCount]: number }>();
  private readonly firstFile = new Map<string, string>();
  private readonly byImageSize = new Map<string, number>();
  private readonly bySize = new Float64Array(SIZE_BORDERS.length - 1);

  add(annotation: VocAnnotation): void {
    const { width, height } = annotation;
    if (width > 0 && height > 0) {
      const size = `${width}x${height}`;
      this.byImageSize.set(size, (this.byImageSize.get(size) ?? 0) + 1);
    }
    const names = new Set<string>();
    for (const { name, box, isDifficult, isTruncated } of annotation.objects) {
      let count = this.byClass.get(name);
      if (count === undefined) {
        this.byClass.set(name, (count = { objects: 0, images: 0, difficult: 0, truncated: 0 }));
        this.firstFile.set(name, annotation.file);
      }
      count.objects++;
      if (!names.has(name)) count.images++;
      names.add(name);
      if (isDifficult) count.difficult++;
      if (isTruncated) count.truncated++;
      const [boxWidth, boxHeight] = [box[2] - box[0], box[3] - box[1]];
      if (!(boxWidth > 0 && boxHeight > 0)) continue;
      const side = Math.sqrt(boxWidth * boxHeight);
      this.bySize[SIZE_BORDERS.findIndex((_, i) => side < SIZE_BORDERS[i + 1])]++;
    }
  }

  /** Sorted by name. */
  classes(): Map<string, ClassCount> {
    return new Map([...this.byClass].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The file in which a class was met first. */
  fileOfClass(name: string): string | undefined {
    return this.firstFile.get(name);
  }

  objectSizes(): SizeCount[] {
    return [...this.bySize].map((objects, i) => ({ lowPx: SIZE_BORDERS[i], highPx: SIZE_BORDERS[i + 1], objects }));
  }

  /** `500x375` → images, the most frequent first. */
  imageSizes(): Map<string, number> {
    return new Map([...this.byImageSize].sort(([, a], [, b]) => b - a));
  }
}
