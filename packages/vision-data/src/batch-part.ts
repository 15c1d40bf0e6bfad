/** The part of each batch that one process of a job makes: every batch is shared out in equal, adjoining parts. */
export interface BatchPart {
  /** From 0. */
  readonly rank: number;
  readonly size: number;
}

/** The part of one of the processes of a job; undefined, the whole, for one alone. */
export function partOf({ rank, size }: BatchPart): BatchPart | undefined {
  return size === 1 ? undefined : { rank, size };
}

/** The places of a batch that a part takes: from `first` up to, but without `end`. */
export function placesOf(part: BatchPart | undefined, batchSize: number): { first: number; end: number } {
  if (part === undefined) return { first: 0, end: batchSize };
  const length = batchSize / part.size;
  if (!Number.isInteger(length)) throw new Error(`batches of ${batchSize} cannot be shared by ${part.size} processes`);
  return { first: part.rank * length, end: (part.rank + 1) * length };
}

/** The images of a batch, and how often each was in the epoch before. */
export interface WholeBatch {
  readonly indices: Int32Array;
  readonly occurrences?: Int32Array | undefined;
}
