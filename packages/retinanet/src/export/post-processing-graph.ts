import { MAX_LOG_SCALE, anchorsFor, anchorsPerCell, retinanetLevels } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import { constantNode, floats, inputNode, makeNode } from '@featuremine/graph-export';
import type { ExportGraph, ExportNode } from '@featuremine/graph-export';
import type { ImageSize } from '@featuremine/vision-data';
import type { PostProcessSettings } from '../post-process';

/** What the post-processing of a graph is made for. */
export interface PostProcessingOptions {
  readonly inputSize: ImageSize;
  readonly numClasses: number;
  readonly anchors: AnchorShapes;
  readonly settings: PostProcessSettings;
}

/**
 * A network's graph with `postProcess` behind it: the further input `imageSize` `[2]` is the height and width of the
 * image without its padding, to which boxes are clipped; outputs are `boxes` `[D, 4]`, `scores` `[D]` and `labels` `[D]`.
 *
 * Classes are kept apart in one suppression by moving the boxes of each to a place of its own, as torchvision does.
 */
export function withPostProcessing(graph: ExportGraph, options: PostProcessingOptions): ExportGraph {
  const { numClasses, settings, inputSize } = options;
  const imageSize = inputNode('imageSize', [2]);
  const logits = reshaped(graph.outputs['logits'], [-1, numClasses]); // [R, K]
  const deltas = reshaped(graph.outputs['deltas'], [-1, 4]);
  const candidates = candidatesOf(logits, options);
  const anchors = anchorsFor(inputSize, options.anchors);
  const boxes = decoded({
    deltas: makeNode({ kind: 'gather' }, [deltas, candidates.rows]),
    anchors: makeNode({ kind: 'gather' }, [floats([anchors.length / 4, 4], anchors), candidates.rows]),
    imageSize,
  });
  const distance = scalar(Math.max(inputSize.width, inputSize.height) + 1);
  const places = reshaped(makeNode({ kind: 'cast', to: 'float32' }, [candidates.labels]), [-1, 1]);
  const apart = plus(boxes, times(places, distance));
  const { iouThreshold, scoreThreshold, maxDetections: limit } = settings;
  const kept = makeNode({ kind: 'suppress', limit, iouThreshold, scoreThreshold }, [apart, candidates.scores]);
  const chosen = (values: ExportNode): ExportNode => makeNode({ kind: 'gather' }, [values, kept]);
  return {
    inputs: [...graph.inputs, imageSize],
    outputs: { boxes: chosen(boxes), scores: chosen(candidates.scores), labels: chosen(candidates.labels) },
  };
}

/** The best of each level, all levels together: row in [R], class and score of each. */
interface Candidates {
  readonly rows: ExportNode;
  readonly labels: ExportNode;
  readonly scores: ExportNode;
}

function candidatesOf(
  logits: ExportNode,
  { inputSize, anchors, numClasses, settings }: PostProcessingOptions,
): Candidates {
  const perCell = anchorsPerCell(anchors);
  let first = 0;
  const levels = retinanetLevels(inputSize.width, inputSize.height, anchors).map(({ gridWidth, gridHeight }) => {
    const from = first;
    first += gridWidth * gridHeight * perCell;
    return levelCandidates(logits, { from, to: first, numClasses, limit: settings.candidatesPerLevel });
  });
  const joined = (key: keyof Candidates): ExportNode =>
    makeNode(
      { kind: 'concat', axis: 0 },
      levels.map((level) => level[key]),
    );
  return { rows: joined('rows'), labels: joined('labels'), scores: joined('scores') };
}

function levelCandidates(
  logits: ExportNode,
  level: { readonly from: number; readonly to: number; readonly numClasses: number; readonly limit: number },
): Candidates {
  const { from, to, numClasses } = level;
  const part = makeNode({ kind: 'slice', begin: [from, 0], end: [to, numClasses], strides: [1, 1] }, [logits]);
  const flat = reshaped(part, [(to - from) * numClasses]);
  const count = Math.min(level.limit, (to - from) * numClasses);
  const places = makeNode({ kind: 'topPlaces', count }, [flat]);
  const columns = wholeNumber(numClasses);
  const rows = makeNode({ kind: 'floorDivide' }, [places, columns]);
  return {
    rows: plus(rows, wholeNumber(from)),
    labels: minus(places, times(rows, columns)),
    scores: makeNode({ kind: 'sigmoid' }, [makeNode({ kind: 'gather' }, [flat, places])]),
  };
}

// `decodeBoxes` and `clipBoxes` of @featuremine/boxes, in their order of operations, a column [M, 1] at a time.
function decoded({
  deltas,
  anchors,
  imageSize,
}: Readonly<Record<'deltas' | 'anchors' | 'imageSize', ExportNode>>): ExportNode {
  const half = scalar(0.5);
  const limit = scalar(Math.fround(MAX_LOG_SCALE));
  const side = (axis: 0 | 1): [ExportNode, ExportNode] => {
    const start = column(anchors, axis);
    const length = minus(column(anchors, axis + 2), start);
    const centre = plus(times(column(deltas, axis), length), plus(start, times(length, half)));
    const growth = makeNode({ kind: 'exp' }, [lesser(column(deltas, axis + 2), limit)]);
    const reach = times(times(growth, length), half);
    const edge = makeNode({ kind: 'slice', begin: [1 - axis], end: [2 - axis], strides: [1] }, [imageSize]);
    return [clipped(minus(centre, reach), edge), clipped(plus(centre, reach), edge)];
  };
  const [[left, right], [top, bottom]] = [side(0), side(1)];
  return makeNode({ kind: 'concat', axis: 1 }, [left, top, right, bottom]); // [M, 4]
}

function clipped(values: ExportNode, edge: ExportNode): ExportNode {
  return makeNode({ kind: 'maximum' }, [lesser(values, edge), scalar(0)]);
}

function column(rows: ExportNode, index: number): ExportNode {
  return makeNode({ kind: 'slice', begin: [0, index], end: [-1, index + 1], strides: [1, 1] }, [rows]);
}

const plus = (a: ExportNode, b: ExportNode): ExportNode => makeNode({ kind: 'add' }, [a, b]);
const minus = (a: ExportNode, b: ExportNode): ExportNode => makeNode({ kind: 'subtract' }, [a, b]);
const times = (a: ExportNode, b: ExportNode): ExportNode => makeNode({ kind: 'multiply' }, [a, b]);
const lesser = (a: ExportNode, b: ExportNode): ExportNode => makeNode({ kind: 'minimum' }, [a, b]);

function reshaped(x: ExportNode, shape: readonly number[]): ExportNode {
  return makeNode({ kind: 'reshape', shape }, [x]);
}

function scalar(value: number): ExportNode {
  return floats([], Float32Array.of(value));
}

function wholeNumber(value: number): ExportNode {
  return constantNode({ dtype: 'int32', shape: [], data: Int32Array.of(value) });
}
