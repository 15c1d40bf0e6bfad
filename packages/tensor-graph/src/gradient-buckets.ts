import { AttrType } from './attribute-type';
import { elementCount } from './host-tensor';
import type { Interception } from './interception';
import type { GraphRecorder, RecordedTensor } from './graph-recorder';
import { tf } from './tensorflow';

/** What the processes of a job share of a step: the loss that decides, gradients, new values of buffers. */
export interface SharedValue {
  readonly kind: 'loss' | 'gradient' | 'assignment';
  /** The variable's name; empty for the loss. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where the shared values of a step lie: bucket by bucket, one after the other in each. */
export type BucketLayout = readonly (readonly SharedValue[])[];

/** Numbers of a bucket: 25 MB, as PyTorch's DistributedDataParallel has them. */
const BUCKET_NUMBERS = (25 * 1024 * 1024) / 4;

const LOSS: SharedValue = { kind: 'loss', name: '', shape: [] };

/**
 * Fills buckets in order; a value that is larger than a bucket has one of its own. Each begins with the loss: so it is
 * made anew in every step, never a constant or the memory of a variable, and may be summed in place.
 */
export function bucketLayout(values: readonly SharedValue[], capacity = BUCKET_NUMBERS): BucketLayout {
  const buckets: SharedValue[][] = [];
  let free = 0;
  for (const value of values) {
    const count = elementCount(value.shape);
    if (buckets.length === 0 || count > free) {
      buckets.push([LOSS]);
      free = capacity;
    }
    buckets[buckets.length - 1].push(value);
    free -= count;
  }
  return buckets;
}

/** Records a bucket: its values flat, one behind the other, [length]. */
export function packBucket(
  { recorder, interception }: { readonly recorder: GraphRecorder; readonly interception: Interception },
  values: readonly RecordedTensor[],
): RecordedTensor {
  const flat = interception.unwrap(tf.tensor1d([-1], 'int32'));
  const axis = interception.unwrap(tf.scalar(0, 'int32'));
  const parts = values.map((value) => recorder.add('Reshape', [value, flat], [])[0]);
  return recorder.add('ConcatV2', [...parts, axis], [{ name: 'N', type: AttrType.int, value: parts.length }])[0];
}

/** Records the way back: the values of a bucket in their shapes. */
export function unpackBucket(
  { recorder, interception }: { readonly recorder: GraphRecorder; readonly interception: Interception },
  bucket: BucketLayout[number],
  packed: RecordedTensor,
): RecordedTensor[] {
  const constant = (values: readonly number[]): RecordedTensor =>
    interception.unwrap(tf.tensor1d([...values], 'int32'));
  const lengths = constant(bucket.map(({ shape }) => elementCount(shape)));
  const axis = interception.unwrap(tf.scalar(0, 'int32'));
  const split = [{ name: 'num_split', type: AttrType.int, value: bucket.length }];
  const parts = recorder.add('SplitV', [packed, lengths, axis], split);
  return bucket.map(({ shape }, i) => recorder.add('Reshape', [parts[i], constant(shape)], [])[0]);
}
