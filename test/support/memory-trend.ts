/** What happened to a process's memory over the later batches of a run. */
export interface MemoryTrend {
  /** The last batch after which the memory was looked at. */
  readonly batches: number;
  /** Slope of the resident memory by least squares, in kB a batch. */
  readonly slopeKb: number;
  readonly meanMb: number;
  /** Different numbers of tensors that tfjs held. */
  readonly tensorCounts: readonly number[];
}

/** Reads the lines of `measured-command.js` with this mark, from batch `from` on. */
export function memoryTrend(
  text: string,
  { mark, from }: { readonly mark: 'T' | 'E'; readonly from: number },
): MemoryTrend {
  const all = text
    .split('\n')
    .filter((line) => line.startsWith(mark))
    .map((line) => line.split(' ').slice(1).map(Number) as [batch: number, bytes: number, tensors: number]);
  const late = all.filter(([batch]) => batch >= from);
  const mean = (place: 0 | 1): number => late.reduce((sum, sample) => sum + sample[place], 0) / late.length;
  const [meanBatch, meanBytes] = [mean(0), mean(1)];
  let [covariance, variance] = [0, 0];
  for (const [batch, bytes] of late) {
    covariance += (batch - meanBatch) * (bytes - meanBytes);
    variance += (batch - meanBatch) ** 2;
  }
  return {
    batches: all.at(-1)?.[0] ?? 0,
    slopeKb: covariance / variance / 1000,
    meanMb: meanBytes / 1e6,
    tensorCounts: [...new Set(late.map(([, , tensors]) => tensors))],
  };
}
