import type { ClassificationBatch } from './batch-tensors';
import type { ClassificationTransform } from './transform-options';

/** The task of making one classification batch; plain data. */
export interface AssembleClassification {
  readonly kind: 'classification';
  /** What is being made, for messages. */
  readonly where: string;
  /** Id of the shared ClassificationSource. */
  readonly source: number;
  /** Id of the shared image cache, or 0. */
  readonly cache: number;
  readonly indices: Int32Array;
  readonly batchIndex: number;
  /** N of the batch; more than `indices` has when it is padded. */
  readonly batchSize: number;
  readonly imageSize: number;
  readonly transform: ClassificationTransform;
  readonly seed: number;
  readonly epoch: number;
}

/** Makes one classification batch. @throws DatasetError that names the file at fault. */
export function assembleClassification(
  task: AssembleClassification,
  shared: ReadonlyMap<number, unknown>,
): Promise<ClassificationBatch> {
  throw new Error(`not there yet: ${task.kind} ${shared.size}`);
}
