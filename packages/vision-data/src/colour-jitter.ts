import type { Random } from '@featuremine/random';
import type { DecodedImage, FloatImage } from './image';
import type { ColourJitterOptions } from './transform-options';

/** One change of colour: the factor of brightness, contrast or saturation, or the shift of the hue in turns. */
export interface ColourChange {
  readonly property: 'brightness' | 'contrast' | 'saturation' | 'hue';
  readonly amount: number;
}

const PROPERTIES = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/** Draws changes of colour in random order, as torchvision's ColorJitter does. */
export function drawColourJitter(options: ColourJitterOptions, random: Random): ColourChange[] {
  const changes: ColourChange[] = [];
  for (const which of random.permutation(PROPERTIES.length)) {
    const property = PROPERTIES[which];
    const strength = options[property] ?? 0;
    if (strength === 0) continue;
    const amount =
      property === 'hue'
        ? random.uniform(-strength, strength)
        : random.uniform(Math.max(0, 1 - strength), 1 + strength);
    changes.push({ property, amount });
  }
  return changes;
}

/**
 * Applies changes of colour one after another, each clamped to 0…255; 8-bit images are rounded once, at the end.
 *
 * Source: torchvision.transforms.functional (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue).
 */
export function changeColours<T extends DecodedImage | FloatImage>(image: T, changes: readonly ColourChange[]): T {
  if (changes.length === 0) return image;
  const values = new Float32Array(image.data);
  for (const { property, amount } of changes) {
    if (property === 'brightness') blendWith(values, 0, amount);
    else if (property === 'contrast') blendWith(values, meanGrey(values), amount);
    else if (property === 'saturation') blendWithOwnGrey(values, amount);
    else shiftHue(values, amount);
  }
  return { ...image, data: image.data instanceof Float32Array ? values : rounded(values) };
}

// Plain loops: with a function for each pixel, or TypedArray.from with one, this takes twenty times as long.

function rounded(values: Float32Array): Uint8Array {
  const data = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) data[i] = values[i] + 0.5;
  return data;
}

function greyOf(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue;
}

function meanGrey(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 3) sum += greyOf(values[i], values[i + 1], values[i + 2]);
  return sum / (values.length / 3);
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function blendWith(values: Float32Array, grey: number, share: number): void {
  const rest = (1 - share) * grey;
  for (let i = 0; i < values.length; i++) values[i] = clamped(share * values[i] + rest);
}

function blendWithOwnGrey(values: Float32Array, share: number): void {
  for (let i = 0; i < values.length; i += 3) {
    const rest = (1 - share) * greyOf(values[i], values[i + 1], values[i + 2]);
    values[i] = clamped(share * values[i] + rest);
    values[i + 1] = clamped(share * values[i + 1] + rest);
    values[i + 2] = clamped(share * values[i + 2] + rest);
  }
}

// Hue is the position on the hexagon of RGB; the largest and the smallest component stay as they are.
function shiftHue(values: Float32Array, turns: number): void {
  for (let i = 0; i < values.length; i += 3) {
    const red = values[i];
    const green = values[i + 1];
    const blue = values[i + 2];
    const most = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    const range = most - least;
    if (range === 0) continue;
    let sector: number;
    if (most === red) sector = (green - blue) / range;
    else if (most === green) sector = 2 + (blue - red) / range;
    else sector = 4 + (red - green) / range;
    const hue = (((sector / 6 + turns) % 1) + 1) % 1;
    for (let c = 0; c < 3; c++) {
      // Distance on the hexagon from the corner where this component is largest: 0, 1/3 and 2/3.
      const distance = Math.abs((((hue - c / 3 + 1.5) % 1) - 0.5) * 6);
      values[i + c] = least + range * Math.min(1, Math.max(0, 2 - distance));
    }
  }
}
