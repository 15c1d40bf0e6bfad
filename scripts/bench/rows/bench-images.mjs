// Images of a fixed pattern for the detector's rows, the same as the peers' (scripts/parity/formula.py), but for noise.

/** The inputs `images` uint8 [N, S, S, 3] and `imageSizes` int32 [N, 2] of a step. */
export function benchImages(batchSize, imageSize) {
  const data = new Uint8Array(batchSize * imageSize * imageSize * 3);
  let next = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let y = 0; y < imageSize; y++) {
      for (let x = 0; x < imageSize; x++) {
        for (let c = 0; c < 3; c++) {
          const ramp = (x * (3 + n) + y * (2 + c) + 60 * c) % 192;
          data[next++] =
            ramp + 48 * ((Math.floor(x / 24) + Math.floor(y / 24) + c + n) % 2) + ((x * 7 + y * 13 + c) % 16);
        }
      }
    }
  }
  return {
    images: { dtype: 'uint8', shape: [batchSize, imageSize, imageSize, 3], data },
    imageSizes: { dtype: 'int32', shape: [batchSize, 2], data: new Int32Array(2 * batchSize).fill(imageSize) },
  };
}
