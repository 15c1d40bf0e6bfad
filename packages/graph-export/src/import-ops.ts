import type { AttrValue } from '@featuremine/tensor-graph';
import type { BinaryKind, ExportNode, Padding, UnaryKind } from './export-graph';
import { ExportError } from './export-error';
import { floats, makeNode, NO_PADDING } from './make-node';

/** One op of a TensorFlow graph, as an importer sees it. */
export interface ImportContext {
  readonly inputs: readonly ExportNode[];
  readonly attribute: (name: string) => AttrValue;
  /** The values of an input that must be constant: a shape, axes, sides. */
  readonly integers: (index: number) => number[];
}

type Importer = (context: ImportContext) => ExportNode;

/** How each TensorFlow op that an evaluation may use becomes a node. */
export const IMPORTERS: Readonly<Record<string, Importer>> = {
  Identity: ({ inputs }) => inputs[0],
  Cast: ({ inputs, attribute }) => {
    if (attribute('SrcT').type === attribute('DstT').type) return inputs[0];
    throw new ExportError({
      where: 'op Cast',
      found: 'a change of type',
      expected: 'float32 throughout',
      fix: 'Write the network’s evaluation in float32',
    });
  },
  Conv2D: (context) => {
    const { inputs } = context;
    const [height, width] = inputs[1].shape;
    const stride = strideOf(context);
    const padding = paddingOf(context, { height, width, stride });
    return makeNode({ kind: 'conv2d', stride, padding, hasRelu: false }, inputs);
  },
  BiasAdd: elementwise('add'),
  Add: elementwise('add'),
  AddV2: elementwise('add'),
  Sub: elementwise('subtract'),
  Mul: elementwise('multiply'),
  Relu: unary('relu'),
  Square: unary('square'),
  Rsqrt: unary('rsqrt'),
  Softmax: unary('softmax'),
  MaxPool: (context) => {
    const size = windowOf(context);
    const stride = strideOf(context);
    const padding = paddingOf(context, { height: size, width: size, stride });
    return makeNode({ kind: 'maxPool', size, stride, padding }, context.inputs);
  },
  AvgPool: (context) =>
    makeNode({ kind: 'averagePool', size: windowOf(context), stride: strideOf(context) }, context.inputs),
  FusedBatchNormV3: normalization,
  Mean: reduction('mean'),
  Sum: reduction('sum'),
  Reshape: ({ inputs, integers }) => {
    const { shape } = makeNode({ kind: 'reshape', shape: integers(1) }, [inputs[0]]);
    return makeNode({ kind: 'reshape', shape }, [inputs[0]]);
  },
  Tile: ({ inputs, integers }) => makeNode({ kind: 'tile', repeats: integers(1) }, [inputs[0]]),
  ConcatV2: ({ inputs, integers }) => {
    const axis = integers(inputs.length - 1)[0];
    const parts = inputs.slice(0, -1);
    return makeNode({ kind: 'concat', axis: axis < 0 ? axis + parts[0].shape.length : axis }, parts);
  },
  Slice: ({ inputs: [x], integers }) => {
    const begin = integers(1);
    const end = integers(2).map((size, axis) =>
      size === -1 || begin[axis] + size === x.shape[axis] ? -1 : begin[axis] + size,
    );
    return makeNode({ kind: 'slice', begin, end, strides: begin.map(() => 1) }, [x]);
  },
  Pad: (context) => padded(context, 0),
  PadV2: (context) => {
    const { operation } = context.inputs[2];
    return padded(context, operation.kind === 'constant' ? operation.value.data[0] : 0);
  },
  ResizeNearestNeighbor: ({ inputs: [x], integers }) => {
    const [rows, columns] = integers(1);
    return makeNode({ kind: 'upsample', to: { rows, columns } }, [x]);
  },
  MatMul: ({ inputs }) => makeNode({ kind: 'matMul' }, inputs),
};

function elementwise(kind: BinaryKind): Importer {
  return ({ inputs }) => makeNode({ kind }, inputs);
}

function unary(kind: UnaryKind): Importer {
  return ({ inputs }) => makeNode({ kind }, inputs);
}

function reduction(kind: 'mean' | 'sum'): Importer {
  return ({ inputs: [x], integers, attribute }) => {
    const axes = integers(1).map((axis) => (axis < 0 ? axis + x.shape.length : axis));
    return makeNode({ kind, axes, keepsAxes: attribute('keep_dims').b ?? false }, [x]);
  };
}

// x · factor + shift, both [C]: batch norm on stored statistics.
function normalization({ inputs, attribute }: ImportContext): ExportNode {
  const [x, scale, offset, mean, variance] = inputs;
  const [scales, offsets, means, variances] = [scale, offset, mean, variance].map(({ operation }) =>
    operation.kind === 'constant' ? operation.value.data : new Float32Array(0),
  );
  const epsilon = attribute('epsilon').f ?? 0;
  const factor = Float32Array.from(scales, (value, i) => value / Math.sqrt(variances[i] + epsilon));
  const shift = Float32Array.from(offsets, (value, i) => value - means[i] * factor[i]);
  const scaled = makeNode({ kind: 'multiply' }, [x, floats([factor.length], factor)]);
  return makeNode({ kind: 'add' }, [scaled, floats([shift.length], shift)]);
}

function padded({ inputs: [x], integers }: ImportContext, value: number): ExportNode {
  const flat = integers(1);
  const sides = x.shape.map((_, axis): [number, number] => [flat[2 * axis], flat[2 * axis + 1]]);
  return makeNode({ kind: 'pad', sides, value }, [x]);
}

function strideOf({ attribute }: ImportContext): number {
  return attribute('strides').list!.i![1];
}

function windowOf({ attribute }: ImportContext): number {
  return attribute('ksize').list!.i![1];
}

/** SAME and VALID as cells on each side, for the size that was recorded; both forms of a window become one. */
function paddingOf(
  { inputs: [{ shape }], attribute }: ImportContext,
  window: { readonly height: number; readonly width: number; readonly stride: number },
): Padding {
  if (Buffer.from(attribute('padding').s!).toString() === 'VALID') return NO_PADDING;
  const added = (size: number, length: number): number =>
    Math.max(0, (Math.ceil(size / window.stride) - 1) * window.stride + length - size);
  const [rows, columns] = [added(shape[1], window.height), added(shape[2], window.width)];
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return { top, bottom: rows - top, left, right: columns - left };
}
