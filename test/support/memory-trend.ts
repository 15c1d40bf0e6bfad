/** What happened to a process's memory over the later batches of a run. */
export interface MemoryTrend {
  /** The last batch after which the memory was looked at. */
  readonly batches: number;
  /**
   * Slope of the resident memory in kB a batch: the median of the slopes between all pairs of samples (Theil and Sen), which
   * a checkpoint that is being written during one of them does not move.
   */
  readonly slopeKb: number;
  readonly medianMb: number;
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
  const slopes = late.flatMap(([batch, bytes], i) =>
    late.slice(i + 1).map(([later, bytesThen]) => (bytesThen - bytes) / (later - batch)),
  );
  return {
    batches: all.at(-1)?.[0] ?? 0,
    slopeKb: median(slopes) / 1000,
    medianMb: median(late.map(([, bytes]) => bytes)) / 1e6,
    tensorCounts: [...new Set(late.map(([, , tensors]) => tensors))],
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
