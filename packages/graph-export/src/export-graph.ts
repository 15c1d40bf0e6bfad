import type { HostTensor } from '@featuremine/tensor-graph';

/** Cells added on each side of a map. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** What a node does, in NHWC terms; which inputs it takes is said beside each kind. */
export type Operation =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: HostTensor }
  /** x [N, H, W, C], filter [kh, kw, C, O], bias [O] if there is one; ReLU last if asked for. */
  | { readonly kind: 'conv2d'; readonly stride: number; readonly padding: Padding; readonly hasRelu: boolean }
  /** x; cells of the padding never are the maximum. */
  | { readonly kind: 'maxPool'; readonly size: number; readonly stride: number; readonly padding: Padding }
  /** x */
  | { readonly kind: 'averagePool'; readonly size: number; readonly stride: number }
  /** x */
  | { readonly kind: UnaryKind }
  /** a, b with broadcasting */
  | { readonly kind: BinaryKind }
  /** x */
  | { readonly kind: 'mean' | 'sum'; readonly axes: readonly number[]; readonly keepsAxes: boolean }
  /** x; one size may be −1 */
  | { readonly kind: 'reshape'; readonly shape: readonly number[] }
  /** x */
  | { readonly kind: 'tile'; readonly repeats: readonly number[] }
  /** any number of x */
  | { readonly kind: 'concat'; readonly axis: number }
  /** x; from `begin` every `strides`-th, up to `end` (−1: all) */
  | {
      readonly kind: 'slice';
      readonly begin: readonly number[];
      readonly end: readonly number[];
      readonly strides: readonly number[];
    }
  /** x; cells before and behind on each axis */
  | { readonly kind: 'pad'; readonly sides: readonly (readonly [number, number])[]; readonly value: number }
  /** x; nearest neighbour: the cell at ⌊position · from / to⌋ */
  | { readonly kind: 'upsample'; readonly to: UpsampleTarget }
  /** a [N, I], b [I, O] */
  | { readonly kind: 'matMul' }
  /** x, of another type */
  | { readonly kind: 'cast'; readonly to: 'float32' | 'int32' }
  /** x [n]: the places of its `count` largest values, best first, of equal ones the first */
  | { readonly kind: 'topPlaces'; readonly count: number }
  /** x, int32 places along its first axis */
  | { readonly kind: 'gather' }
  /** boxes [n, 4], scores [n]: the places of the boxes that stay, best first */
  | {
      readonly kind: 'suppress';
      readonly limit: number;
      /** A box goes when its IoU with a better one is above this. */
      readonly iouThreshold: number;
      /** Scores must be above this one. */
      readonly scoreThreshold: number;
    };

/** The rows and columns that a map is enlarged to, or, for maps of any size, how many times. */
export type UpsampleTarget = { readonly rows: number; readonly columns: number } | { readonly scale: number };

/** The operation, or operations, of a kind. */
export type OperationOf<Kind extends Operation['kind']> = Operation & { readonly kind: Kind };

const UNARY = ['relu', 'square', 'rsqrt', 'sigmoid', 'exp', 'softmax'] as const;
const BINARY = ['add', 'subtract', 'multiply', 'minimum', 'maximum', 'floorDivide'] as const;

/** `softmax` is over the last axis. */
export type UnaryKind = (typeof UNARY)[number];
/** `floorDivide` is of whole numbers, which are not negative. */
export type BinaryKind = (typeof BINARY)[number];

/** Whether an operation gives a number for each number of its one input. */
export function isUnary(operation: Operation): operation is { readonly kind: UnaryKind } {
  return UNARY.some((kind) => kind === operation.kind);
}

/** Whether an operation gives a number for each pair of its two inputs. */
export function isBinary(operation: Operation): operation is { readonly kind: BinaryKind } {
  return BINARY.some((kind) => kind === operation.kind);
}

/** One operation with its one result. Nodes are not changed once they are made. */
export interface ExportNode {
  readonly operation: Operation;
  readonly inputs: readonly ExportNode[];
  readonly dtype: HostTensor['dtype'];
  /** −1 for a size that is known only when the graph runs. */
  readonly shape: readonly number[];
}

/** An inference graph: what the exporters of all formats start from. */
export interface ExportGraph {
  readonly inputs: readonly ExportNode[];
  readonly outputs: Readonly<Record<string, ExportNode>>;
}
