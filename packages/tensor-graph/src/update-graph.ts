import { DataType } from './c-api';
import { unpackBucket, type BucketLayout } from './gradient-buckets';
import type { InputSignature, StepGraph } from './graph-builder';
import { addPlaceholder, type GraphRecorder, type RecordedTensor } from './graph-recorder';
import { Interception } from './interception';
import { Recorder } from './recorder';
import { UpdateBuilder, type UpdateContext, type UpdateInputs, type UpdateOptions } from './update-builder';
import { VariableNodes } from './variable-nodes';
import type { VariableSpec } from './variables';

/** What the second half of a shared step is recorded from. */
export interface UpdateGraphOptions {
  readonly variables: ReadonlyMap<string, VariableSpec>;
  /** The buckets, `learningRate`, and what the optimizer needs. */
  readonly inputs: readonly InputSignature[];
  readonly training: UpdateOptions;
  readonly layout: BucketLayout;
}

/**
 * Records the second half of a step that the processes of a job share: the buckets, summed over all, hold means, which
 * update the variables as in a step of one process. Outputs are `gradientNorm` and `isFinite`.
 */
export function buildUpdateGraph(options: UpdateGraphOptions): StepGraph {
  const recorder = new Recorder();
  try {
    const interception = new Interception(recorder);
    const outputs = interception.run(() => {
      const results = record(options, recorder, interception);
      for (const [name, value] of Object.entries(results)) {
        recorder.add('Identity', [value], [], { name: `output/${name}` });
      }
      return Object.keys(results);
    });
    return { graph: recorder.graphDef(), outputs };
  } finally {
    recorder.dispose();
  }
}

function record(
  { variables, inputs, training, layout }: UpdateGraphOptions,
  recorder: GraphRecorder,
  interception: Interception,
): Record<string, RecordedTensor> {
  const context: UpdateContext = { recorder, interception, nodes: new VariableNodes(recorder), variables };
  const fed = new Map(
    inputs.map(({ name, dtype, shape }) => [
      name,
      addPlaceholder(recorder, `input/${name}`, { dtype: DataType[dtype], shape }),
    ]),
  );
  const means = { loss: new Map(), assignment: new Map(), gradient: new Map() } as Readonly<
    Record<'loss' | 'assignment' | 'gradient', Map<string, RecordedTensor>>
  >;
  layout.forEach((bucket, i) => {
    const values = unpackBucket(context, bucket, fed.get(`bucket/${i}`)!);
    values.forEach((value, k) => means[bucket[k].kind].set(bucket[k].name, value));
  });
  const reads = [...means.gradient.keys()].map((name): [string, { value: RecordedTensor }] => [
    name,
    { value: context.nodes.read(name, variables.get(name)!.shape) },
  ]);
  const updates: UpdateInputs = {
    loss: means.loss.get('')!,
    learningRate: fed.get('learningRate')!,
    gradients: means.gradient,
    assignments: means.assignment,
    reads: new Map(reads),
    optimizerInput: (name) => fed.get(`optimizer/${name}`)!,
  };
  return new UpdateBuilder(context, training).apply(updates);
}
