import { assembleClassification } from './assemble-classification';
import { assembleDetection } from './assemble-detection';
import type { Task } from './worker-protocol';

/** What a task made, and the buffers that may move to another thread with it. */
export interface TaskResult {
  readonly result: unknown;
  readonly transfer: ArrayBuffer[];
}

/** Makes one batch. `shared` holds the data sets and caches that tasks name by id. */
export async function runTask(task: Task, shared: ReadonlyMap<number, unknown>): Promise<TaskResult> {
  switch (task.kind) {
    case 'classification': {
      const batch = await assembleClassification(task, shared);
      return { result: batch, transfer: buffersOf([batch.images.data, batch.labels.data]) };
    }
    case 'detection': {
      const batch = await assembleDetection(task, shared);
      const arrays: ArrayBufferView[] = [batch.images.data, batch.imageSizes.data, batch.originalSizes.data];
      if (batch.labels !== undefined) arrays.push(batch.labels.data);
      if (batch.deltas !== undefined) arrays.push(batch.deltas.data);
      return { result: batch, transfer: buffersOf(arrays) };
    }
  }
}

function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  return arrays.map((array) => array.buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}
