// The comparisons that were made, and how they are measured.

/** Gathers comparisons; each is a distance with the limit that it must not pass. */
export class Report {
  lines = [];

  /** A comparison by a distance, 0 for equal. */
  add(what, distance, limit, note = '') {
    this.lines.push({ what, distance, limit, isEqual: distance <= limit, note });
  }

  /** The worst of many tensors, each by its own distance; a map from name to distance. */
  addWorst(what, distances, limit) {
    const [name, worst] = [...distances].reduce((a, b) => (b[1] <= a[1] ? a : b));
    this.add(what, worst, limit, `worst of ${distances.size}: ${name}`);
  }

  /** Two lists that must be equal element by element; none at all would prove nothing, and fails. */
  addExact(what, ours, expected) {
    if (expected.length === 0) {
      this.add(what, 1, 0, 'nothing to compare');
      return;
    }
    let different = Math.abs(ours.length - expected.length);
    for (let i = 0; i < Math.min(ours.length, expected.length); i++) if (ours[i] !== expected[i]) different++;
    this.add(what, different, 0, `${different} of ${expected.length} differ`);
  }

  get isGood() {
    return this.lines.length > 0 && this.lines.every(({ isEqual }) => isEqual);
  }

  toString() {
    const rows = this.lines.map(({ what, distance, limit, isEqual, note }) =>
      `${isEqual ? 'ok  ' : 'FAIL'}  ${what.padEnd(46)} ${distance.toExponential(1).padStart(9)}  (limit ${limit})  ${note}`.trimEnd(),
    );
    return `${rows.join('\n')}\n`;
  }
}

/** max|a − b| / max|b|. */
export function relativeMaximum(ours, expected) {
  if (ours.length !== expected.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i] - expected[i]));
    size = Math.max(size, Math.abs(expected[i]));
    if (Number.isNaN(ours[i])) return Infinity;
  }
  return difference / Math.max(size, Number.MIN_VALUE);
}

/** |a − b| / |b|, Euclidean. */
export function relativeL2(ours, expected) {
  if (ours.length !== expected.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (ours[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / Math.max(size, Number.MIN_VALUE));
}
