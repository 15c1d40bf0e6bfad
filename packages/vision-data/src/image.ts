/** A decoded image: 8-bit sRGB, rows from the top, `data` is [H, W, 3] with values 0…255. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** [H, W, 3], R G B. */
  readonly data: Uint8Array;
}

/** An image of real numbers, still in the range 0…255; `data` is [H, W, 3]. */
export interface FloatImage {
  readonly width: number;
  readonly height: number;
  /** [H, W, 3], R G B. */
  readonly data: Float32Array;
}

/** A width and a height in whole pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A part of an image: its first pixel is the pixel (left, top) of the whole. */
export interface ImagePart extends DecodedImage {
  readonly left: number;
  readonly top: number;
  /** Size of the whole image. */
  readonly whole: ImageSize;
}
