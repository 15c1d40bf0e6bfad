/** What happened to a process's memory over the later batches of a run. */
export interface MemoryTrend {
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
  const all = text.split('\n').filter((line) => line.startsWith(mark));
  const late = all.slice(from).map((line) => line.split(' ').slice(1).map(Number) as [number, number]);
  const meanIndex = (late.length - 1) / 2;
  const meanBytes = late.reduce((sum, [bytes]) => sum + bytes, 0) / late.length;
  let [covariance, variance] = [0, 0];
  late.forEach(([bytes], i) => {
    covariance += (i - meanIndex) * (bytes - meanBytes);
    variance += (i - meanIndex) ** 2;
  });
  return {
    batches: all.length,
    slopeKb: covariance / variance / 1000,
    meanMb: meanBytes / 1e6,
    tensorCounts: [...new Set(late.map(([, tensors]) => tensors))],
  };
}
