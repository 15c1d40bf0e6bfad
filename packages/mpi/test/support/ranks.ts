import type { Collective } from '../../src';

type Values = Float32Array | Float64Array | Uint8Array;

/**
 * A job whose ranks are all in this process, for tests: each call waits until every rank has made it, and calls that do
 * not fit together fail.
 */
export function ranksInOneProcess(size: number): Collective[] {
  const meeting = new Meeting(size);
  return Array.from({ length: size }, (_, rank): Collective => ({
    ...{ rank, size, localSize: size, elapsedMs: 0 },
    sum: (values) =>
      meeting.join('sum', rank, values, (all) => {
        const total = (all as Float32Array[]).reduce((sum, one) => sum.map((value, i) => value + one[i]));
        for (const one of all) one.set(total);
      }),
    broadcast: (values) =>
      meeting.join('broadcast', rank, values, (all) => {
        for (const one of all.slice(1)) one.set(all[0]);
      }),
    async gather(bytes) {
      let gathered: Uint8Array[] = [];
      await meeting.join('gather', rank, bytes, undefined, (all) => {
        gathered = (all as Uint8Array[]).map((one) => one.slice());
      });
      return gathered;
    },
  }));
}

interface Visitor {
  readonly rank: number;
  readonly values: Values;
  readonly take: ((all: Values[]) => void) | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Meeting {
  private present: Visitor[] = [];
  private kind = '';

  constructor(private readonly size: number) {}

  join(
    kind: string,
    rank: number,
    values: Values,
    exchange?: (all: Values[]) => void,
    take?: (all: Values[]) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const first = this.present[0];
      const fits = kind === 'gather' || first === undefined || first.values.length === values.length;
      this.present.push({ rank, values, take, resolve, reject });
      if (first !== undefined && (kind !== this.kind || !fits)) return this.failAll(kind);
      this.kind = kind;
      if (this.present.length < this.size) return;
      const all = this.present.sort((a, b) => a.rank - b.rank);
      this.present = [];
      exchange?.(all.map((one) => one.values));
      for (const one of all) one.take?.(all.map((other) => other.values));
      for (const one of all) one.resolve();
    });
  }

  private failAll(kind: string): void {
    const error = new Error(`a rank called ${kind} while another one called ${this.kind}`);
    for (const one of this.present) one.reject(error);
    this.present = [];
  }
}
