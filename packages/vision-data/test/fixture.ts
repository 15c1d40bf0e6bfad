import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DecodedImage } from '../src';

interface Torchvision {
  readonly peer: string;
  /** width, height, minSize, maxSize, resized width, resized height. */
  readonly outputSizes: readonly (readonly [number, number, number, number, number, number])[];
  readonly batch: {
    readonly sizes: readonly (readonly [number, number])[];
    readonly minSize: number;
    readonly maxSize: number;
    /** Height, width. */
    readonly imageSizes: readonly (readonly [number, number])[];
    readonly shape: readonly number[];
    readonly values: string;
    readonly boxes: readonly (readonly number[])[];
    readonly boxesBack: readonly (readonly number[])[];
  };
  readonly wide: ResizeCase;
  readonly smooth: readonly ResizeCase[];
  readonly colour: readonly {
    readonly property: 'brightness' | 'contrast' | 'saturation' | 'hue';
    readonly amount: number;
    readonly values: string;
  }[];
}

interface ResizeCase {
  readonly size: readonly [number, number];
  readonly to: readonly [number, number];
  readonly values: string;
}

/** Results of torchvision and Pillow; the file names their versions and the script that made it. */
export const torchvision = JSON.parse(
  readFileSync(join(__dirname, 'fixtures', 'torchvision.json'), 'utf8'),
) as Torchvision;

export function floatsOf(packed: string): Float32Array {
  return new Float32Array(bytesOf(packed).buffer);
}

export function bytesOf(packed: string): Uint8Array {
  return Uint8Array.from(Buffer.from(packed, 'base64'));
}

/** The picture that the fixture's script makes by the same formula. */
export function picture(width: number, height: number): DecodedImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[i++] = (x * (7 + c) + y * (13 - 2 * c) + ((x * y) % 31) + 29 * c) % 256;
    }
  }
  return { width, height, data };
}
