import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Random } from '@featuremine/random';

/** What numbers are drawn from: normal with mean 0, or uniform in [−bound, bound). */
export type Distribution =
  { readonly kind: 'normal'; readonly deviation: number } | { readonly kind: 'uniform'; readonly bound: number };

/** Numbers from a random stream of their own: the same wherever and whenever they are drawn. */
export interface Draw {
  readonly distribution: Distribution;
  readonly count: number;
  /** Keys of the stream (`Random.of`). */
  readonly stream: readonly (number | string)[];
}

/** So many numbers are drawn in the time that a thread takes to start. */
const WORTH_A_THREAD = 1_000_000;

/** Draws numbers, in another thread where they are many: those of a ResNet-50 take half a second. */
export async function drawAll(draws: readonly Draw[]): Promise<Float32Array[]> {
  const file = workerFile();
  const total = draws.reduce((sum, { count }) => sum + count, 0);
  if (total < WORTH_A_THREAD || !existsSync(file)) return draws.map(drawValues);
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: draws, execArgv: [], name: 'featuremine-first-values' });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that draws first values ended with code ${code}`)));
  });
}

/** Draws numbers in this thread. */
export function drawValues({ distribution, count, stream }: Draw): Float32Array {
  return drawFrom(distribution, count, Random.of(...stream));
}

/** Draws the next numbers of a stream. */
export function drawFrom(distribution: Distribution, count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  return distribution.kind === 'normal'
    ? random.fillNormal(values, distribution.deviation)
    : random.fillUniform(values, -distribution.bound, distribution.bound);
}

// Threads run the built file, also where this one runs from its source.
function workerFile(): string {
  const built = basename(__dirname) === 'src' ? join(dirname(__dirname), 'dist') : __dirname;
  return join(built, 'first-values-worker.js');
}
