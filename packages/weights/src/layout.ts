/** A tensor's numbers with their shape. */
export interface ShapedData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * From this toolkit's (TensorFlow's) layout to PyTorch's: convolutions `[H, W, in, out]` → `[out, in, H, W]`, linear
 * weights `[in, out]` → `[out, in]`, everything else as it is. The result has memory of its own.
 */
export function toTorchLayout(shape: readonly number[], data: Float32Array): ShapedData {
  return permuted(shape, data, shape.length === 4 ? [3, 2, 0, 1] : shape.length === 2 ? [1, 0] : undefined);
}

/** The inverse of `toTorchLayout`: `[out, in, H, W]` → `[H, W, in, out]` and `[out, in]` → `[in, out]`. */
export function fromTorchLayout(shape: readonly number[], data: Float32Array): ShapedData {
  return permuted(shape, data, shape.length === 4 ? [2, 3, 1, 0] : shape.length === 2 ? [1, 0] : undefined);
}

/** The shape, in PyTorch's layout, of a tensor that has this shape here. */
export function torchShape(shape: readonly number[]): readonly number[] {
  if (shape.length === 4) return [shape[3], shape[2], shape[0], shape[1]];
  if (shape.length === 2) return [shape[1], shape[0]];
  return shape;
}

/** Axis j of the result is axis order[j] of the input. */
function permuted(shape: readonly number[], data: Float32Array, order: readonly number[] | undefined): ShapedData {
  if (order === undefined) return { shape: [...shape], data: data.slice() };
  const result = new Float32Array(data.length);
  const newShape = order.map((axis) => shape[axis]);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  // Pad to four axes in front, so that one loop serves both ranks.
  const sizes = [...Array<number>(4 - order.length).fill(1), ...newShape] as [number, number, number, number];
  const steps = [...Array<number>(4 - order.length).fill(0), ...order.map((axis) => strides[axis])] as typeof sizes;
  let next = 0;
  for (let a = 0; a < sizes[0]; a++) {
    for (let b = 0; b < sizes[1]; b++) {
      for (let c = 0; c < sizes[2]; c++) {
        let from = a * steps[0] + b * steps[1] + c * steps[2];
        for (let d = 0; d < sizes[3]; d++, from += steps[3]) result[next++] = data[from]!;
      }
    }
  }
  return { shape: newShape, data: result };
}
