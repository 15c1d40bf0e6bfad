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
