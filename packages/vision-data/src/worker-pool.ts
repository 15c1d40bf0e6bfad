import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatasetError, fromPortable, RuntimeError } from '@featuremine/errors';
import { runTask } from './run-task';
import type { FromWorker, Task, ToWorker } from './worker-protocol';

/**
 * Threads that make batches. Open one for a training run, use it for every epoch, close it at the end.
 *
 * The threads never load TensorFlow. With no threads, batches are made in the caller's thread (decoding is
 * asynchronous there too), with the same content.
 */
export interface WorkerPool {
  /** Number of threads; 0 works in the caller's thread. */
  readonly workers: number;
  /** Makes data known to all threads; returns its id. */
  share(value: unknown): number;
  /**
   * Runs a task on the thread with the least to do. Memory that is named moves there, and is gone here.
   *
   * @throws DatasetError of the task, RuntimeError for a lost thread
   */
  run(task: Task, moved?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Ends the threads; work in progress is rejected. */
  close(): Promise<void>;
}

/**
 * Starts a pool of data workers.
 *
 * @throws RuntimeError when the package is not built (the threads run the built files).
 */
export function createWorkerPool(options: { readonly workers: number }): WorkerPool {
  if (options.workers === 0) return new InlinePool();
  return new ThreadPool(options.workers);
}

class InlinePool implements WorkerPool {
  readonly workers = 0;
  private readonly shared = new Map<number, unknown>();
  private nextId = 1;
  private isClosed = false;

  share(value: unknown): number {
    this.shared.set(this.nextId, value);
    return this.nextId++;
  }

  async run(task: Task): Promise<unknown> {
    if (this.isClosed) throw closedError();
    return (await runTask(task, this.shared)).result;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly where: string;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  failure: Error | undefined;
}

class ThreadPool implements WorkerPool {
  readonly workers: number;
  private readonly threads: Thread[];
  private nextId = 1;
  private nextTicket = 1;
  private isClosed = false;

  constructor(workers: number) {
    this.workers = workers;
    const entry = workerEntry();
    this.threads = Array.from({ length: workers }, (_, number) => this.start(entry, number));
  }

  share(value: unknown): number {
    const item = { id: this.nextId++, value };
    for (const thread of this.threads) send(thread, { kind: 'share', item });
    return item.id;
  }

  run(task: Task, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.isClosed) return Promise.reject(closedError());
    const alive = this.threads.filter((thread) => thread.failure === undefined);
    if (alive.length < this.threads.length) {
      return Promise.reject(this.threads.find((thread) => thread.failure !== undefined)!.failure!);
    }
    const thread = alive.reduce((least, other) => (other.pending.size < least.pending.size ? other : least));
    const ticket = this.nextTicket++;
    return new Promise((resolve, reject) => {
      thread.pending.set(ticket, { resolve, reject, where: task.where });
      thread.worker.ref();
      send(thread, { kind: 'run', ticket, task }, moved);
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(
      this.threads.map(async (thread) => {
        await thread.worker.terminate();
        rejectAll(thread, () => closedError());
      }),
    );
  }

  private start(entry: string, number: number): Thread {
    const worker = new Worker(entry, { name: `featuremine-data-${number}`, execArgv: [] });
    const thread: Thread = { worker, pending: new Map(), failure: undefined };
    worker.on('message', (message: FromWorker) => settle(thread, message));
    worker.on('error', (error: unknown) => this.lose(thread, number, String(error)));
    worker.on('exit', (code) => {
      if (!this.isClosed) this.lose(thread, number, `it ended with code ${code}`);
    });
    worker.unref();
    return thread;
  }

  private lose(thread: Thread, number: number, cause: string): void {
    const failureOf = (where: string): RuntimeError =>
      new RuntimeError({
        where: `data worker ${number}${where}`,
        found: `the thread was lost (${cause})`,
        fix: 'Run again with --workers=0 to see the cause, or with less memory in use',
      });
    thread.failure ??= failureOf('');
    rejectAll(thread, (pending) => failureOf(`, ${pending.where}`));
  }
}

function send(thread: Thread, message: ToWorker, moved: readonly ArrayBuffer[] = []): void {
  if (thread.failure === undefined) thread.worker.postMessage(message, moved);
}

function settle(thread: Thread, message: FromWorker): void {
  const pending = thread.pending.get(message.ticket);
  thread.pending.delete(message.ticket);
  if (thread.pending.size === 0) thread.worker.unref();
  if (pending === undefined) return;
  if ('error' in message) pending.reject(fromPortable(message.error, 'a data worker failed'));
  else pending.resolve(message.result);
}

function rejectAll(thread: Thread, errorOf: (pending: Pending) => Error): void {
  for (const pending of thread.pending.values()) pending.reject(errorOf(pending));
  thread.pending.clear();
}

function closedError(): Error {
  return new DatasetError({
    where: 'worker pool',
    found: 'it is closed',
    fix: 'Ask for batches before close(), or open another pool',
  });
}

// Threads run plain JavaScript: the built file, also when this file itself runs from its source.
function workerEntry(): string {
  const built = basename(__dirname) === 'src' ? join(dirname(__dirname), 'dist') : __dirname;
  const entry = join(built, 'worker-entry.js');
  if (!existsSync(entry)) {
    throw new RuntimeError({
      where: entry,
      found: 'the built file of the data workers is missing',
      fix: 'Run npm run build, or use --workers=0',
    });
  }
  return entry;
}
