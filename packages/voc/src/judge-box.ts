import type { VocBox } from './annotation-types';
import type { FaultKind } from './fault';
import { parseNumber } from './parse-number';
import type { BoxLeaf, RawObject } from './raw-annotation';
import { fromVocPixel } from './voc-pixel';

/**
 * The continuous box of an object as its numbers stand, or undefined when there are no four numbers.
 *
 * @param size the image's, zeros when unknown: then only the top and left borders are checked
 * @param add is called for each fault
 */
export function judgeBox(
  raw: RawObject,
  size: { readonly width: number; readonly height: number; readonly wantsNotes: boolean },
  add: (kind: FaultKind, found: string) => void,
): VocBox | undefined {
  if (!raw.hasBox) {
    if (raw.isRotated) add('rotated-box', 'the box is a <robndbox>, which is rotated');
    else add('missing-box', '<bndbox> is missing');
    return undefined;
  }
  const xmin = judgeCoordinate('xmin', raw.xmin, add);
  const ymin = judgeCoordinate('ymin', raw.ymin, add);
  const xmax = judgeCoordinate('xmax', raw.xmax, add);
  const ymax = judgeCoordinate('ymax', raw.ymax, add);
  if (Number.isNaN(xmin + ymin + xmax + ymax)) return undefined;
  if (size.wantsNotes && ![xmin, ymin, xmax, ymax].every(Number.isInteger)) {
    add('fractional-coordinate', `the box is ${xmin}, ${ymin}, ${xmax}, ${ymax}`);
  }
  if (raw.repeated.length === 0) judgeNumbers({ xmin, ymin, xmax, ymax, width: size.width, height: size.height }, add);
  return [fromVocPixel(raw.xmin!, xmin), fromVocPixel(raw.ymin!, ymin), xmax, ymax];
}

function judgeCoordinate(
  name: BoxLeaf,
  text: string | undefined,
  add: (kind: FaultKind, found: string) => void,
): number {
  if (!text) {
    add('missing-coordinate', `<${name}> is missing or empty`);
    return NaN;
  }
  const value = parseNumber(text);
  if (Number.isNaN(value)) add('bad-coordinate', `${name} is "${text.slice(0, 40)}", not a number`);
  return value;
}

interface BoxNumbers {
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
  readonly width: number;
  readonly height: number;
}

// One fault a box, the one that explains the others.
function judgeNumbers(box: BoxNumbers, add: (kind: FaultKind, found: string) => void): void {
  const { xmin, ymin, xmax, ymax, width, height } = box;
  if (xmax < xmin) return add('inverted-box', `xmax ${xmax} is left of xmin ${xmin}`);
  if (ymax < ymin) return add('inverted-box', `ymax ${ymax} is above ymin ${ymin}`);
  if (xmax === xmin) return add('zero-area-box', `xmax ${xmax} is not right of xmin ${xmin}`);
  if (ymax === ymin) return add('zero-area-box', `ymax ${ymax} is not below ymin ${ymin}`);
  const numbers = `the box ${xmin}, ${ymin}, ${xmax}, ${ymax}`;
  const limitX = width > 0 ? width : Infinity;
  const limitY = height > 0 ? height : Infinity;
  if (xmin < 0 || ymin < 0 || xmax > limitX || ymax > limitY) {
    const image = width > 0 && height > 0 ? `the image of ${width}x${height}` : 'the image';
    return add('outside-image', `${numbers} is not within ${image}`);
  }
  if (xmin < 1 || ymin < 1) add('zero-based-box', `${numbers} begins before pixel 1`);
}
