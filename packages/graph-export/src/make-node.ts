import { elementCount, type HostTensor } from '@featuremine/tensor-graph';
import {
  isBinary,
  isUnary,
  type ExportNode,
  type Operation,
  type OperationOf,
  type Padding,
  type UpsampleTarget,
} from './export-graph';

export const NO_PADDING: Padding = { top: 0, bottom: 0, left: 0, right: 0 };

/** A float32 input of the graph; −1 for a size that is known only when it runs. */
export function inputNode(name: string, shape: readonly number[]): ExportNode {
  return { operation: { kind: 'input', name }, inputs: [], dtype: 'float32', shape };
}

/** A node that gives a tensor which never changes. */
export function constantNode(value: HostTensor): ExportNode {
  return { operation: { kind: 'constant', value }, inputs: [], dtype: value.dtype, shape: value.shape };
}

/** A float32 constant. */
export function floats(shape: readonly number[], data: Float32Array): ExportNode {
  return constantNode({ dtype: 'float32', shape, data });
}

/** An operation on nodes; the shape of its result follows from theirs. */
export function makeNode(
  operation: Exclude<Operation, { readonly kind: 'input' | 'constant' }>,
  inputs: readonly ExportNode[],
): ExportNode {
  return { operation, inputs, dtype: resultType(operation, inputs), shape: resultShape(operation, inputs) };
}

/** The same operation on other inputs. Inputs and constants stay as they are. */
export function withInputs(node: ExportNode, inputs: readonly ExportNode[]): ExportNode {
  const { operation } = node;
  return operation.kind === 'input' || operation.kind === 'constant' ? node : makeNode(operation, inputs);
}

function resultType(operation: Parameters<typeof makeNode>[0], [first]: readonly ExportNode[]): ExportNode['dtype'] {
  if (operation.kind === 'cast') return operation.to;
  return operation.kind === 'topPlaces' || operation.kind === 'suppress' ? 'int32' : first.dtype;
}

function resultShape(operation: Parameters<typeof makeNode>[0], inputs: readonly ExportNode[]): readonly number[] {
  const [{ shape }, second] = inputs;
  if (isUnary(operation)) return shape;
  if (isBinary(operation)) return broadcast(shape, second.shape);
  switch (operation.kind) {
    case 'conv2d': {
      const [height, width, , channels] = second.shape;
      return [...windows(shape, { height, width, ...operation }), channels];
    }
    case 'maxPool':
    case 'averagePool': {
      const padding = operation.kind === 'maxPool' ? operation.padding : NO_PADDING;
      return [...windows(shape, { height: operation.size, width: operation.size, ...operation, padding }), shape[3]];
    }
    case 'cast':
      return shape;
    case 'mean':
    case 'sum':
      return reducedShape(shape, operation);
    case 'reshape':
      return completedShape(shape, operation.shape);
    case 'tile':
      return shape.map((size, axis) => times(size, operation.repeats[axis]));
    case 'concat':
      return concatenatedShape(inputs, operation.axis);
    case 'slice':
      return slicedShape(shape, operation);
    case 'pad':
      return shape.map((size, axis) => plus(size, operation.sides[axis][0] + operation.sides[axis][1]));
    case 'upsample':
      return [shape[0], ...enlarged(shape, operation.to), shape[3]];
    case 'matMul':
      return [shape[0], second.shape[1]];
    case 'topPlaces':
      return [operation.count];
    case 'gather':
      return [...second.shape, ...shape.slice(1)];
    case 'suppress':
      return [-1];
  }
}

/** Images, rows and columns after a window has slid over [N, H, W, C]. */
function windows(
  [count, height, width]: readonly number[],
  window: { readonly height: number; readonly width: number; readonly stride: number; readonly padding: Padding },
): [number, number, number] {
  const { top, bottom, left, right } = window.padding;
  const steps = (size: number, added: number, length: number): number =>
    size === -1 ? -1 : Math.floor((size + added - length) / window.stride) + 1;
  return [count, steps(height, top + bottom, window.height), steps(width, left + right, window.width)];
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [first, second] = [at(a, axis), at(b, axis)];
    return first === 1 || second > 1 ? second : first;
  });
}

function reducedShape(shape: readonly number[], { axes, keepsAxes }: OperationOf<'mean' | 'sum'>): number[] {
  const reduced = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return keepsAxes ? reduced : reduced.filter((_, axis) => !axes.includes(axis));
}

function completedShape(shape: readonly number[], target: readonly number[]): readonly number[] {
  if (shape.includes(-1) || !target.includes(-1)) return target;
  const missing = elementCount(shape) / -elementCount(target);
  return target.map((size) => (size === -1 ? missing : size));
}

function concatenatedShape(inputs: readonly ExportNode[], axis: number): number[] {
  const sizes = inputs.map(({ shape }) => shape[axis]);
  const total = sizes.includes(-1) ? -1 : sizes.reduce((sum, size) => sum + size, 0);
  return inputs[0].shape.map((size, i) => (i === axis ? total : size));
}

function slicedShape(shape: readonly number[], { begin, end, strides }: OperationOf<'slice'>): number[] {
  return shape.map((size, axis) => {
    const last = end[axis] === -1 ? size : end[axis];
    return last === -1 ? -1 : Math.ceil((last - begin[axis]) / strides[axis]);
  });
}

function enlarged([, rows, columns]: readonly number[], to: UpsampleTarget): [number, number] {
  return 'scale' in to ? [times(rows, to.scale), times(columns, to.scale)] : [to.rows, to.columns];
}

function plus(size: number, added: number): number {
  return size === -1 ? -1 : size + added;
}

function times(size: number, factor: number): number {
  return size === -1 ? -1 : size * factor;
}
