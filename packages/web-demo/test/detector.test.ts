import { retinanetAnchors } from '@featuremine/boxes';
import { resizeBilinear, resizeLikeDecoding } from '@featuremine/vision-data/browser';
import type { DecodedImage } from '@featuremine/vision-data/browser';
import { detectionsOf } from '../src/detector/detections-of';
import { parseModelMetadata } from '../src/detector/model-metadata';
import type { ModelMetadata } from '../src/detector/model-metadata';
import { networkInput } from '../src/detector/network-input';
import { tinyMetadata } from './support/tiny-model';

/** The metadata with parts of its input changed. */
function withInput(input: object): ModelMetadata {
  const metadata = tinyMetadata();
  return parseModelMetadata({ ...metadata, input: { ...metadata.input, ...input } });
}

function picture(width: number, height: number): DecodedImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 251) };
}

describe('parseModelMetadata', () => {
  it('reads what an export says about itself', () => {
    const { classNames, input } = parseModelMetadata(tinyMetadata());
    expect(classNames).toEqual(['ring', 'cross', 'triangle']);
    expect(input.resize).toEqual({ kind: 'fit', size: 128 });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /says nothing about itself/],
    ['a classifier', { ...tinyMetadata(), task: 'classification' }, /userDefinedMetadata\.task/],
    ['a later format', { ...tinyMetadata(), formatVersion: 2 }, /formatVersion/],
    ['post-processing inside', { ...tinyMetadata(), postProcessing: 'inside' }, /postProcessing/],
    ['an input without a size', { ...tinyMetadata(), input: { name: 'images' } }, /userDefinedMetadata\.input\.shape/],
    ['channels first', withChannelsFirst(), /input\.shape/],
  ])('refuses %s, and says how to export', (_what, metadata, message) => {
    expect(() => parseModelMetadata(metadata, 'x/model.json')).toThrow(message);
    expect(() => parseModelMetadata(metadata, 'x/model.json')).toThrow(/^x\/model\.json: .*retinanet export/s);
  });

  function withChannelsFirst(): unknown {
    const metadata = tinyMetadata();
    return { ...metadata, input: { ...metadata.input, shape: [1, 3, 128, 128] } };
  }
});

describe('networkInput', () => {
  it('puts a fitted picture top left, and the mean beside it', () => {
    const image = picture(64, 32); // becomes 128x64
    const { data, paddedSize, resizedSize, originalSize } = networkInput(image, withInput({}));
    expect(paddedSize).toEqual({ width: 128, height: 128 });
    expect(resizedSize).toEqual({ width: 128, height: 64 });
    expect(originalSize).toEqual({ width: 64, height: 32 });
    const resized = resizeLikeDecoding(image, { width: 128, height: 64 });
    expect([...data.subarray(0, resized.data.length)]).toEqual([...resized.data]);
    const mean = [123.675, 116.28, 103.53].map(Math.fround);
    expect([...data.subarray(resized.data.length, resized.data.length + 3)]).toEqual(mean);
    expect([...data.subarray(-3)]).toEqual(mean);
  });

  it('pads to the right row by row', () => {
    const image = picture(2, 4); // becomes 64x128
    const { data } = networkInput(image, withInput({}));
    const resized = resizeLikeDecoding(image, { width: 64, height: 128 });
    const rowOf = (width: number, pixels: ArrayLike<number>, y: number) =>
      Array.from({ length: 64 * 3 }, (_, i) => pixels[y * width * 3 + i]);
    expect(rowOf(128, data, 77)).toEqual(rowOf(64, resized.data, 77));
    expect(data[(77 * 128 + 64) * 3]).toBe(Math.fround(123.675));
  });

  it('stretches without padding', () => {
    const metadata = withInput({ shape: [1, 64, 96, 3], resize: { kind: 'stretch', width: 96, height: 64 } });
    const image = picture(50, 40);
    const { data, resizedSize } = networkInput(image, metadata);
    expect(resizedSize).toEqual({ width: 96, height: 64 });
    expect([...data]).toEqual([...resizeLikeDecoding(image, { width: 96, height: 64 }).data]);
  });

  it('follows torchvision in float32, padded to a multiple of 32', () => {
    const resize = { kind: 'torchvision', minSize: 60, maxSize: 200 };
    const metadata = withInput({ shape: [1, -1, -1, 3], resize, pixels: 'float32' });
    const image = picture(100, 75); // scale 0.8
    const { data, resizedSize, paddedSize } = networkInput(image, metadata);
    expect(resizedSize).toEqual({ width: 80, height: 60 });
    expect(paddedSize).toEqual({ width: 96, height: 64 });
    const resized = resizeBilinear(image, { width: 80, height: 60 });
    expect([...data.subarray(0, 240)]).toEqual([...resized.data.subarray(0, 240)]);
  });

  it('refuses a picture that does not fit a fixed input', () => {
    const resize = { kind: 'torchvision', minSize: 128, maxSize: 512 };
    expect(() => networkInput(picture(40, 20), withInput({ resize }))).toThrow(/256x128 px .*128x128/);
  });
});

describe('detectionsOf', () => {
  const metadata = withInput({});
  const anchors = retinanetAnchors(128, 128);
  const input = networkInput(picture(64, 32), metadata); // 128x64, padded to 128x128

  it('gives boxes in pixels of the picture, without those of the padding', () => {
    const logits = new Float32Array((anchors.length / 4) * 3).fill(-20);
    const anchor = 9 * (4 * 16 + 4) + 3; // the square of 32 px at (32, 32) on p3
    logits[anchor * 3 + 1] = 2;
    const deltas = new Float32Array(anchors.length);
    expect(detectionsOf({ logits, deltas }, input, metadata)).toEqual([
      // 16…48 in the resized picture, which is twice as large.
      { class: 'cross', score: Math.fround(1 / (1 + Math.exp(-2))), box: [8, 8, 24, 24] },
    ]);
  });

  it('refuses outputs of another length than the anchors', () => {
    const outputs = { logits: new Float32Array(30), deltas: new Float32Array(40) };
    expect(() => detectionsOf(outputs, input, metadata)).toThrow(/30 logits and 40 deltas.*export it again/);
  });
});
