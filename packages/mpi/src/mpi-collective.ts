import { RuntimeError } from '@featuremine/errors';
import type { Collective } from './collective';
import { MPI, type MpiLibrary } from './mpi-library';

type MpiFunction = Exclude<keyof MpiLibrary, 'path'>;

/** How many numbers one call adds up or sends: MPI counts in 32 bits. */
const MOST_NUMBERS = 1 << 26;

/** The ranks of an MPI job. Calls run on a thread of their own: timers, signals and workers go on meanwhile. */
export class MpiCollective implements Collective {
  readonly rank: number;
  readonly size: number;
  readonly localSize: number;
  private waitedMs = 0;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly mpi: MpiLibrary) {
    this.rank = ask((out) => mpi.Comm_rank(MPI.COMM_WORLD, out));
    this.size = ask((out) => mpi.Comm_size(MPI.COMM_WORLD, out));
    const local = ask((out) =>
      mpi.Comm_split_type(MPI.COMM_WORLD, MPI.COMM_TYPE_SHARED, this.rank, MPI.INFO_NULL, out),
    );
    this.localSize = ask((out) => mpi.Comm_size(local, out));
  }

  /** Starts MPI in this process. @throws RuntimeError when the library cannot be called from threads */
  static start(mpi: MpiLibrary): MpiCollective {
    const level = ask((out) => mpi.Init_thread(null, null, MPI.THREAD_SERIALIZED, out));
    if (level < MPI.THREAD_SERIALIZED) {
      throw new RuntimeError({
        where: mpi.path,
        found: `thread level ${level}`,
        expected: `at least ${MPI.THREAD_SERIALIZED} (serialized)`,
        fix: 'Install an MPICH that was built with threads, as Debian’s and the wheel are',
      });
    }
    mpi.Comm_set_errhandler(MPI.COMM_WORLD, MPI.ERRORS_RETURN);
    return new MpiCollective(mpi);
  }

  get elapsedMs(): number {
    return this.waitedMs;
  }

  async sum(values: Float32Array | Float64Array): Promise<void> {
    const type = values instanceof Float32Array ? MPI.FLOAT : MPI.DOUBLE;
    for (let start = 0; start < values.length; start += MOST_NUMBERS) {
      const part = values.subarray(start, start + MOST_NUMBERS);
      await this.call('Allreduce', MPI.IN_PLACE, part, part.length, type, MPI.SUM, MPI.COMM_WORLD);
    }
  }

  async broadcast(values: Float32Array | Uint8Array): Promise<void> {
    const type = values instanceof Float32Array ? MPI.FLOAT : MPI.BYTE;
    for (let start = 0; start < values.length; start += MOST_NUMBERS) {
      const part = values.subarray(start, start + MOST_NUMBERS);
      await this.call('Bcast', part, part.length, type, 0, MPI.COMM_WORLD);
    }
  }

  async gather(bytes: Uint8Array): Promise<Uint8Array[]> {
    const counts = new Int32Array(this.size);
    await this.call('Allgather', Int32Array.of(bytes.length), 1, MPI.INT, counts, 1, MPI.INT, MPI.COMM_WORLD);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total >= 2 ** 31) throw new Error(`${total} bytes were to be gathered; MPI counts in 32 bits`);
    const starts = new Int32Array(this.size);
    for (let rank = 1; rank < this.size; rank++) starts[rank] = starts[rank - 1] + counts[rank - 1];
    const all = new Uint8Array(total);
    await this.call('Allgatherv', bytes, bytes.length, MPI.BYTE, all, counts, starts, MPI.BYTE, MPI.COMM_WORLD);
    return Array.from(counts, (count, rank) => all.subarray(starts[rank], starts[rank] + count));
  }

  /** Ends MPI in this process; it waits for the other ranks to do so. */
  async leave(): Promise<void> {
    await this.call('Finalize');
  }

  /** Ends the processes of the whole job at once, this one too. */
  abort(exitCode: number): never {
    this.mpi.Abort(MPI.COMM_WORLD, exitCode);
    process.exit(exitCode); // Some versions only ask the launcher to end it.
  }

  private call(name: MpiFunction, ...values: unknown[]): Promise<void> {
    const result = this.last.then(() => this.callNow(name, values));
    this.last = result.catch(() => undefined);
    return result;
  }

  private async callNow(name: MpiFunction, values: readonly unknown[]): Promise<void> {
    const startMs = performance.now();
    const code = await new Promise<number>((resolve, reject) => {
      this.mpi[name].async(...values, (error: Error | null, result: number) =>
        error ? reject(error) : resolve(result),
      );
    });
    this.waitedMs += performance.now() - startMs;
    if (code !== 0) throw new Error(`MPI_${name}: ${this.describe(code)}`);
  }

  private describe(code: number): string {
    const text = Buffer.alloc(8192);
    const length = ask((out) => this.mpi.Error_string(code, text, out));
    return text.toString('latin1', 0, length).replace(/\s+/g, ' ');
  }
}

// The number that a function of MPI writes to the address that it is given.
function ask(call: (out: number[]) => number): number {
  const out = [0];
  const code = call(out);
  if (code !== 0) throw new Error(`MPI failed with code ${code}`);
  return out[0];
}
