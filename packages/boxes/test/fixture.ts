import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Torchvision {
  readonly peer: string;
  readonly anchors: readonly {
    readonly width: number;
    readonly height: number;
    readonly count: number;
    /** Sum of value × (index mod 97 + 1). */
    readonly weightedSum: number;
    readonly rows: Readonly<Record<string, readonly number[]>>;
  }[];
  readonly matches: readonly {
    readonly width: number;
    readonly height: number;
    readonly gtBoxes: readonly number[];
    readonly matches: readonly number[];
    readonly strictMatches: readonly number[];
  }[];
  readonly codec: {
    readonly boxes: readonly number[];
    readonly anchors: readonly number[];
    readonly deltas: readonly number[];
    readonly otherDeltas: readonly number[];
    readonly decoded: readonly number[];
    readonly iou: readonly number[];
    readonly giou: readonly number[];
  };
  readonly nms: readonly {
    readonly boxes: readonly number[];
    readonly scores: readonly number[];
    readonly classes: readonly number[];
    readonly threshold: number;
    readonly kept: readonly number[];
    readonly keptByClass?: readonly number[];
  }[];
}

/** What torchvision computes, by scripts/fixtures/boxes-fixtures.py. */
export const torchvision = JSON.parse(
  readFileSync(join(__dirname, 'fixtures', 'torchvision.json'), 'utf8'),
) as Torchvision;
