import { Random } from '@featuremine/random';

/** Which records a stream delivers in which order. */
export interface StreamOrderOptions {
  /** [S] records of each shard. */
  readonly counts: readonly number[];
  /** Places of the shuffle buffer. */
  readonly bufferSize: number;
  readonly seed: number;
  readonly epoch: number;
  readonly order: 'shuffled' | 'sequential';
}

/** One step of a stream: the record that leaves a place of the buffer, and the next that is read into that place. */
export interface StreamStep {
  readonly place: number;
  /** The record read into the place, or undefined when all are read and the buffer shrinks. */
  readonly refill: number | undefined;
  /** The place whose record moves to `place` as the buffer shrinks. */
  readonly moved: number | undefined;
  readonly record: number;
}

/**
 * The order of an epoch, record by record, in numbers only: shards are drawn one after the other and read from their
 * start to their end; the records fill a buffer, of which a random one leaves as the next comes in. A pure function of
 * its options. Records are numbered through all shards, in the order of the index.
 *
 * Memory goes with the number of shards and of places, not of records.
 */
export class StreamOrder {
  /** [places in use] the record in each place; beyond `filled` there is nothing. */
  readonly places: Int32Array;
  filled: number;
  /** All records. */
  readonly total: number;
  private readonly random: Random;
  private readonly sequence: RecordSequence;

  constructor({ counts, bufferSize, seed, epoch, order }: StreamOrderOptions) {
    const isShuffled = order === 'shuffled';
    const total = counts.reduce((sum, count) => sum + count, 0);
    this.total = total;
    this.random = Random.of(seed, 'stream', epoch);
    this.sequence = new RecordSequence(
      counts,
      isShuffled ? Random.of(seed, 'shards', epoch).permutation(counts.length) : Int32Array.from(counts.keys()),
    );
    this.filled = Math.min(isShuffled ? bufferSize : 1, total);
    this.places = Int32Array.from({ length: this.filled }, () => this.sequence.next()!);
  }

  /** The next step, or undefined when every record has left. */
  next(): StreamStep | undefined {
    if (this.filled === 0) return undefined;
    const place = this.random.integer(this.filled);
    const record = this.places[place];
    const refill = this.sequence.next();
    if (refill !== undefined) {
      this.places[place] = refill;
      return { place, refill, moved: undefined, record };
    }
    const moved = --this.filled;
    this.places[place] = this.places[moved];
    return { place, refill, moved, record };
  }

  /** The records that will come in after those that have, in their order. */
  upcoming(): Iterable<number> {
    return this.sequence.copy();
  }

  /** Lets `count` records leave unseen: where a stream that is resumed goes on. */
  skip(count: number): void {
    for (let i = 0; i < count && this.next() !== undefined; i++);
  }
}

/** The numbers of all records, shard by shard in a given order. */
class RecordSequence implements Iterable<number> {
  private readonly firsts: readonly number[];
  private position = 0;
  private within = 0;

  constructor(
    private readonly counts: readonly number[],
    private readonly shards: Int32Array,
  ) {
    let first = 0;
    this.firsts = counts.map((count) => {
      first += count;
      return first - count;
    });
  }

  next(): number | undefined {
    while (this.position < this.shards.length && this.within >= this.counts[this.shards[this.position]]) {
      this.position++;
      this.within = 0;
    }
    if (this.position === this.shards.length) return undefined;
    return this.firsts[this.shards[this.position]] + this.within++;
  }

  /** A sequence of its own that starts where this one is. */
  copy(): RecordSequence {
    const copy = new RecordSequence(this.counts, this.shards);
    copy.position = this.position;
    copy.within = this.within;
    return copy;
  }

  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let record = this.next(); record !== undefined; record = this.next()) yield record;
  }
}
