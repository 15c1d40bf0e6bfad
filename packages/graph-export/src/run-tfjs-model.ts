import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RuntimeError } from '@featuremine/errors';
import type { HostTensor } from '@featuremine/tensor-graph';
import { unusable } from './export-error';
import type { ModelRunner } from './model-runner';
import { TFJS_MODEL_FILE } from './tfjs-model';

/** What the thread answers to one set of inputs. */
export type TfjsReply = { readonly outputs: Readonly<Record<string, HostTensor>> } | { readonly error: string };

/** Opens a tfjs graph model in tfjs's wasm backend, as a browser would, in a thread of its own. */
export function openTfjsModel(folder: string): ModelRunner {
  const file = join(folder, TFJS_MODEL_FILE);
  const worker = new Worker(workerFile(), { workerData: { file }, execArgv: [] });
  let last: Promise<unknown> = Promise.resolve();
  const runNow = async (inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> => {
    const answered = once(worker, 'message') as Promise<[TfjsReply]>;
    worker.postMessage(inputs);
    const [reply] = await answered;
    if ('outputs' in reply) return reply.outputs;
    throw unusable(file, 'tfjs', reply.error);
  };
  return {
    run: (inputs) => {
      const result = last.then(() => runNow(inputs));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

// Threads run the built files, also where this one runs from its source.
function workerFile(): string {
  const built = basename(__dirname) === 'src' ? join(dirname(__dirname), 'dist') : __dirname;
  const file = join(built, 'tfjs-worker.js');
  if (existsSync(file)) return file;
  throw new RuntimeError({ where: file, found: 'the built file is missing', fix: 'Run npm run build' });
}
