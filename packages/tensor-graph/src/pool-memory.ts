import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { cApi, DataType } from './c-api';
import { koffi } from './koffi';

/** Of vm.overcommit_memory: the system promises no more memory than it has. */
const NEVER_MORE = '2';

/**
 * Has the pool from which TensorFlow's CPU kernels take memory reserve so many bytes in one piece, if it has no such piece.
 * By itself the pool grows by pieces of 2, 4, 8, … MB, in which the values of a step that changes its order fit worse each
 * time, until all are in use. What is reserved takes no memory before it is written, but a part in 32 for the pool's lists.
 *
 * Does nothing on another system than Linux, for more than half of the machine's memory, and where the system
 * promises no more memory than it has.
 */
export function reservePool(bytes: number): void {
  if (bytes > totalmem() / 2 || !promisesMemory(bytes)) return;
  const api = cApi();
  api.DeleteTensor(api.AllocateTensor(DataType.uint8, [bytes], 1, bytes));
}

/** Whether the system gives out so many bytes that nobody has written yet; TensorFlow would wait for them, and log it. */
function promisesMemory(bytes: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    if (readFileSync('/proc/sys/vm/overcommit_memory', 'utf8').trim() === NEVER_MORE) return false;
    const libc = koffi.load('libc.so.6');
    const address = libc.func('malloc', 'void *', ['size_t'])(bytes) as unknown;
    libc.func('free', 'void', ['void *'])(address);
    return address !== null;
  } catch {
    return false;
  }
}
