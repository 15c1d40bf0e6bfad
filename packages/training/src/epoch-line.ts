type Metrics = Readonly<Record<string, number>>;

/** The metrics of an evaluation that JSON can hold: it has no NaN, so what could not be measured is left out. */
export function finiteOnly(metrics: Metrics): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

/** The line of the log behind an epoch (from 1). */
export function describeEpoch(epoch: number, epochs: number, metrics: Metrics): string {
  const parts = Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  return `epoch ${epoch}/${epochs}: ${parts.join(', ')}`;
}
