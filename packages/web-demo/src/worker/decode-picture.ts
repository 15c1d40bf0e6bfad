import type { DecodedImage } from '@featuremine/vision-data/browser';

/**
 * The pixels of a picture, 8-bit RGB: colour profiles are not applied (as in Node), EXIF turns the picture (as on the
 * screen). Transparent pixels are mixed with black.
 *
 * @throws Error when the browser cannot decode the picture
 */
export async function decodePicture(picture: Blob | ImageBitmap): Promise<DecodedImage> {
  const bitmap = picture instanceof Blob ? await bitmapOf(picture) : picture;
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (context === null) throw new Error('this browser has no memory left for a picture of this size.');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: withoutAlpha(context.getImageData(0, 0, width, height).data) };
}

async function bitmapOf(picture: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(picture, { colorSpaceConversion: 'none' });
  } catch {
    throw new Error('This file is no picture that the browser can read. Try a JPEG, PNG or WebP file.');
  }
}

// [H, W, 4] to [H, W, 3]
function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
  return rgb;
}
