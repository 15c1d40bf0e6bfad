// How cost grows: the power law through the points of a curve's row, and its table.

/**
 * `{of, at, exponent}`: of what, at which values, and the slope of the straight line through the logarithms of the values
 * and of the fastest times (least squares); without the exponent if a point failed. `figures` are in the order of `at`.
 */
export function growthOf({ of, at }, figures) {
  if (figures.some(({ error }) => error !== undefined)) return { of, at };
  const xs = at.map(Math.log);
  const ys = figures.map(({ fastestMs }) => Math.log(fastestMs));
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [centreX, centreY] = [mean(xs), mean(ys)];
  const products = xs.reduce((sum, x, i) => sum + (x - centreX) * (ys[i] - centreY), 0);
  const squares = xs.reduce((sum, x) => sum + (x - centreX) ** 2, 0);
  return { of, at, exponent: Math.round((100 * products) / squares) / 100 };
}

/** The law in words. */
export function growthLine({ of, exponent }) {
  if (exponent === undefined) return 'No law: a point failed.';
  return `Time goes with the power ${exponent.toFixed(2)} of: ${of} (1 is in proportion; a fit of the logarithms).`;
}

/** Cells of a table: a head, and a row for each point. */
export function growthCells({ curve, contenders }) {
  const points = Object.values(contenders).map(({ error, fastestMs, medianMs, peakRssMb }, i) => {
    const value = curve.at[i];
    if (error !== undefined) return [String(value), 'failed', '', '', ''];
    return [
      String(value),
      `${fastestMs.toFixed(1)} ms`,
      `${medianMs.toFixed(1)} ms`,
      eachInWords(fastestMs / value),
      `${peakRssMb} MB`,
    ];
  });
  return [[curve.of, 'fastest', 'median', 'for each', 'peak RSS'], ...points];
}

function eachInWords(ms) {
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return ms < 0.1 ? `${(1000 * ms).toPrecision(3)} µs` : `${ms.toPrecision(3)} ms`;
}
