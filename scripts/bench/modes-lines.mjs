// Which mode of a peer is its best one: said beside the figures, also where it was not measured.

/** A line for each further mode `{name, of}` of a row: faster or slower than the contender `of`, or not measured. */
export function modesLines({ modes = [], contenders }) {
  return modes.map(({ name, of }) => {
    const [mode, contender] = [contenders[name], contenders[of]];
    if (mode === undefined)
      return `${name} was not measured in this run (\`--no-all-modes\`): which is faster is not known.`;
    if (mode.error !== undefined || contender.error !== undefined) return `${of} and ${name} cannot be compared.`;
    const ratio = contender.fastestMs / mode.fastestMs;
    if (ratio > 1) return `${name} is ${ratio.toFixed(3)}x as fast as ${of}: the faster mode, so compare with it.`;
    return `${of} is ${(1 / ratio).toFixed(3)}x as fast as ${name}: the faster mode, so it is the contender.`;
  });
}
