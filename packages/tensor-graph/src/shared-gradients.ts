import { Accumulators } from './accumulators';
import { bucketLayout, packBucket, type BucketLayout, type SharedValue } from './gradient-buckets';
import type { RecordedTensor } from './graph-recorder';
import { tf } from './tensorflow';
import type { StepPart, UpdateContext, UpdateInputs } from './update-builder';

/** The first half of a step that the processes of a job share: its outputs, and what lies where in them. */
export interface SharedGradients {
  /** `bucket/0`, `bucket/1`, …: float32 [length]. */
  readonly outputs: Record<string, RecordedTensor>;
  readonly layout: BucketLayout;
}

/**
 * Records the end of the first half of a training step: loss, gradients and the new values of buffers, packed into
 * buckets that a job sums over its processes. Nothing is updated yet; see `buildUpdateGraph`.
 *
 * The gradients are those of the loss divided by the number of processes, so that their sum is a mean; loss and buffers
 * are divided here.
 */
export function shareGradients(
  context: UpdateContext,
  inputs: UpdateInputs,
  { part, processes }: { readonly part?: StepPart; readonly processes: number },
): SharedGradients {
  const { recorder, interception } = context;
  const share = interception.unwrap(tf.scalar(1 / processes));
  const divided = (value: RecordedTensor): RecordedTensor => recorder.add('Mul', [value, share], [])[0];
  let { loss, gradients } = inputs;
  let emptied: readonly RecordedTensor[] = [];
  if (part !== undefined) {
    const taken = new Accumulators(context).take(gradients, inputs.optimizerInput('partShare'));
    ({ gradients, emptied } = taken);
    loss = recorder.add('AddV2', [loss, inputs.optimizerInput('earlierLoss')], [])[0];
  }
  const values = new Map<SharedValue, RecordedTensor>();
  for (const [name, value] of inputs.assignments) {
    values.set({ kind: 'assignment', name, shape: value.shape }, divided(value));
  }
  for (const [name, value] of gradients) values.set({ kind: 'gradient', name, shape: value.shape }, value);
  const layout = bucketLayout([...values.keys()]);
  const ownLoss = divided(loss);
  const outputs = Object.fromEntries(
    layout.map((bucket, i) => {
      const packed = packBucket(
        context,
        bucket.map((value) => values.get(value) ?? ownLoss),
      );
      return [`bucket/${i}`, recorder.add('Identity', [packed], [], { controls: emptied })[0]];
    }),
  );
  return { outputs, layout };
}
