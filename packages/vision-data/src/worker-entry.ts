import { parentPort } from 'node:worker_threads';
import { toPortable } from '@featuremine/errors';
import { runTask } from './run-task';
import type { FromWorker, ToWorker } from './worker-protocol';

// The first file of a data worker: answers each `run` message with its result or its error.
const port = parentPort;
if (port === null) throw new Error('worker-entry runs in a worker thread only');

const shared = new Map<number, unknown>();

port.on('message', (message: ToWorker) => {
  if (message.kind === 'share') shared.set(message.item.id, message.item.value);
  else {
    const { ticket, task } = message;
    const answer = (content: FromWorker, transfer: ArrayBuffer[]): void => port.postMessage(content, transfer);
    runTask(task, shared).then(
      ({ result, transfer }) => answer({ ticket, result }, transfer),
      (error: unknown) => answer({ ticket, error: toPortable(error) }, []),
    );
  }
});
