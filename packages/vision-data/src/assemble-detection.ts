import type { DetectionBatch } from './batch-tensors';
import type { DetectionAugmentation, DetectionResize, MatchingOptions } from './transform-options';

/** The task of making one detection batch; plain data. */
export interface AssembleDetection {
  readonly kind: 'detection';
  /** What is being made, for messages. */
  readonly where: string;
  /** Id of the shared DetectionSample[]. */
  readonly samples: number;
  /** Id of the shared image cache, or 0. */
  readonly cache: number;
  readonly indices: Int32Array;
  readonly batchIndex: number;
  /** N of the batch; more than `indices` has when it is padded. */
  readonly batchSize: number;
  readonly resize: DetectionResize;
  readonly pixels: 'uint8' | 'float32';
  readonly augmentation: DetectionAugmentation | undefined;
  readonly matching: MatchingOptions | undefined;
  readonly seed: number;
  readonly epoch: number;
}

/** Makes one detection batch. @throws DatasetError that names the file at fault. */
export function assembleDetection(
  task: AssembleDetection,
  shared: ReadonlyMap<number, unknown>,
): Promise<DetectionBatch> {
  throw new Error(`not there yet: ${task.kind} ${shared.size}`);
}
