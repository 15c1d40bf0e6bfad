import type { DecodedImage } from './image';
import { RESIZE_KERNEL } from './resize-kernel-bytes';
import type { Taps } from './triangle-taps';

/** What a resize reads: its image, and the taps of both directions, in positions of that image. */
export interface SmoothResize {
  readonly image: DecodedImage;
  readonly columns: Taps;
  readonly rows: Taps;
}

/** The exports of wasm/resize-kernel.wat. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  rows(
    ...addresses: [
      source: number,
      stride: number,
      rows: number,
      target: number,
      width: number,
      firsts: number,
      weights: number,
      pairs: number,
    ]
  ): void;
  columns(
    ...addresses: [
      source: number,
      length: number,
      target: number,
      height: number,
      firsts: number,
      weights: number,
      pairs: number,
    ]
  ): void;
}

// The part of WebAssembly's JavaScript interface that is used here; TypeScript has it in its library for browsers only.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65536;
/** The kernel's memory never shrinks: larger work is done without it. */
const MOST_BYTES = 96 * 2 ** 20;
/** How far loads and stores reach beyond what they are for, and room to align. */
const SLACK_BYTES = 64;

let loaded: Kernel | null | undefined;

/** Resizes with vector instructions; undefined where WebAssembly has none, or for an image too large for its memory. */
export function resizeInKernel({ image, columns, rows }: SmoothResize): Uint8Array | undefined {
  const kernel = resizeKernel();
  if (kernel === undefined) return undefined;
  const stride = image.width * 3;
  const [width, height, rowCount] = [columns.first.length, rows.first.length, rows.high - rows.low];
  const length = 3 * width;
  const lengths = [
    ...[rowCount * stride, columns.first.length * 4, columns.weights.byteLength],
    ...[(rowCount + 1) * length * 2, rows.first.length * 4, rows.weights.byteLength, height * length],
  ];
  const places: number[] = [];
  let end = 0;
  for (const bytes of lengths) {
    places.push(end);
    end = Math.ceil((end + bytes + SLACK_BYTES) / 16) * 16;
  }
  if (end > MOST_BYTES) return undefined;
  const { memory } = kernel;
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES));
  const bytes = new Uint8Array(memory.buffer);
  const [source, columnFirsts, columnWeights, narrowed, rowFirsts, rowWeights, target] = places;
  bytes.set(image.data.subarray(rows.low * stride, rows.high * stride), source);
  putTaps(memory.buffer, columns, { firsts: columnFirsts, weights: columnWeights, unitBytes: 3, origin: 0 });
  putTaps(memory.buffer, rows, { firsts: rowFirsts, weights: rowWeights, unitBytes: length * 2, origin: rows.low });
  kernel.rows(source, stride, rowCount, narrowed, width, columnFirsts, columnWeights, columns.pairs);
  kernel.columns(narrowed, length, target, height, rowFirsts, rowWeights, rows.pairs);
  return bytes.slice(target, target + height * length);
}

/** The kernel, or undefined where it cannot run. */
export function resizeKernel(): Kernel | undefined {
  loaded ??= load();
  return loaded ?? undefined;
}

function load(): Kernel | null {
  try {
    const bytes = Uint8Array.from(atob(RESIZE_KERNEL), (character) => character.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel;
  } catch {
    return null; // No WebAssembly, or none with vectors: the same numbers are computed without it.
  }
}

function putTaps(
  buffer: ArrayBuffer,
  { first, weights }: Taps,
  to: { readonly firsts: number; readonly weights: number; readonly unitBytes: number; readonly origin: number },
): void {
  const firsts = new Int32Array(buffer, to.firsts, first.length);
  for (let i = 0; i < first.length; i++) firsts[i] = (first[i] - to.origin) * to.unitBytes;
  new Int16Array(buffer, to.weights, weights.length).set(weights);
}
