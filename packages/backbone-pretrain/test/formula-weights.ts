import { fromTorchLayout, toTorchLayout, torchShape } from '@featuremine/weights';

// Weights and images by formula, bit for bit those of scripts/parity/formula.py: a value depends on the tensor's name
// and the index in PyTorch's layout only, so fixtures need to hold outputs alone.

// A global of jest's sandbox costs a slow look-up at each use: 40 s for a ResNet-50's weights.
const { imul } = Math;

const projectionCount = 16;
const salt = 14;

/** A variable by torchvision's name with its shape in this toolkit's layout (HWIO, [in, out]). */
interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The formula's values of all variables, in this toolkit's layout. */
export function formulaWeights(variables: readonly NamedShape[]): Map<string, Float32Array> {
  return new Map(
    variables.map(({ name, shape }) => {
      const torch = torchShape(shape);
      return [name, fromTorchLayout(torch, formulaTensor(name, torch)).data];
    }),
  );
}

/** The formula's values of one tensor, shape and result in PyTorch's layout. */
export function formulaTensor(name: string, shape: readonly number[]): Float32Array {
  const [centre, spread] = centreAndSpread(name, shape);
  const seed = seedOf(name);
  const values = new Float32Array(product(shape));
  for (let i = 0; i < values.length; i++) values[i] = centre + spread * (mixed(seed, i) / 2147483648 - 1);
  return values;
}

/** Image number `index`, uint8 `[height, width, 3]`: overlapping ramps and squares, with a little noise. */
export function formulaImage(index: number, heightPx: number, widthPx: number): Uint8Array {
  const pixels = new Uint8Array(heightPx * widthPx * 3);
  const seed = seedOf(`image${index}`);
  for (let i = 0; i < pixels.length; i++) {
    const c = i % 3;
    const x = Math.floor(i / 3) % widthPx;
    const y = Math.floor(i / 3 / widthPx);
    const ramp = (x * (3 + index) + y * (2 + c) + 60 * c) % 192;
    const square = 48 * ((Math.floor(x / 24) + Math.floor(y / 24) + c + index) % 2);
    pixels[i] = ramp + square + (mixed(seed, i) >>> 28);
  }
  return pixels;
}

/**
 * The L2 norm of a tensor, then 16 sums of it with random signs, as fixtures hold them for gradients.
 *
 * `data` and `shape` are in this toolkit's layout.
 */
export function projections(name: string, shape: readonly number[], data: Float32Array): Float64Array {
  const values = toTorchLayout(shape, data).data;
  const seed = seedOf(`signs of ${name}`);
  const sums = new Float64Array(1 + projectionCount);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const word = mixed(seed, i);
    sums[0] += value * value;
    for (let bit = 0; bit < projectionCount; bit++) sums[1 + bit] += value * (2 * ((word >>> bit) & 1) - 1);
  }
  sums[0] = Math.sqrt(sums[0]);
  return sums;
}

/**
 * An estimate of |a − b| / |b| of two tensors from their projections: the mean square difference of sums with random
 * signs is the squared L2 distance in expectation (16 sums: within a factor of 1.5 nearly always).
 */
export function projectedDistance(ours: ArrayLike<number>, expected: ArrayLike<number>): number {
  let square = 0;
  for (let i = 1; i <= projectionCount; i++) square += (ours[i] - expected[i]) ** 2 / projectionCount;
  return Math.sqrt(square) / Math.max(expected[0], 1e-30);
}

/**
 * Every k-th value in PyTorch's order, k = max(1, floor(size / count)) made odd, as fixtures hold them for outputs.
 *
 * An output `[N, H, W, C]` here is `[N, C, H, W]` there; pass it as PyTorch orders it (see `toChannelsFirst`).
 */
export function samples(values: Float32Array, count = 4096): Float32Array {
  const step = Math.max(1, Math.floor(values.length / count)) | 1;
  return Float32Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]);
}

/** `[N, H, W, C]` → `[N, C, H, W]`. */
export function toChannelsFirst(shape: readonly number[], data: Float32Array): Float32Array {
  const [n, h, w, c] = shape;
  const result = new Float32Array(data.length);
  let next = 0;
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel++) {
      for (let place = 0; place < h * w; place++) result[next++] = data[(image * h * w + place) * c + channel];
    }
  }
  return result;
}

/** Values are centre + spread · (uniform in [−1, 1)); weights have the deviation of Kaiming's fan-out rule. */
function centreAndSpread(name: string, shape: readonly number[]): readonly [number, number] {
  if (name.endsWith('.running_var')) return [1, 0.25];
  if (name.endsWith('.running_mean')) return [0, 0.1];
  if (name.endsWith('bn3.weight')) return [0.2, 0.05];
  if (shape.length === 1 && name.endsWith('.weight')) return [0.75, 0.25];
  if (name.endsWith('cls_logits.bias')) return [-4, 0.1];
  if (shape.length === 1) return [0, 0.1];
  const fanOut = shape[0] * product(shape.slice(2));
  const scale = name.endsWith('cls_logits.weight') ? 0.26 : name.endsWith('bbox_reg.weight') ? 0.25 : 1;
  return [0, scale * Math.sqrt(6 / fanOut)];
}

/** FNV-1a of the name. */
function seedOf(name: string): number {
  let seed = (2166136261 ^ salt) >>> 0;
  for (let i = 0; i < name.length; i++) seed = imul(seed ^ name.charCodeAt(i), 16777619) >>> 0;
  return seed;
}

/** A well-mixed unsigned word for each index: the finaliser of MurmurHash3 over a Weyl sequence. */
function mixed(seed: number, index: number): number {
  let word = (imul(index, 0x9e3779b1) + seed) >>> 0;
  word = imul(word ^ (word >>> 16), 0x85ebca6b);
  word = imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
