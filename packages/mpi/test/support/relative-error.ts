/** ‖actual − expected‖ / ‖expected‖ over all numbers. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [difference, norm] = [0, 0];
  expected.forEach((value, i) => {
    difference += (actual[i] - value) ** 2;
    norm += value * value;
  });
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-30);
}
