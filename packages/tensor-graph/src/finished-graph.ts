import { batchNormRewrite } from './batch-norm-rewrite';
import { bfloat16Rewrite } from './bfloat16-rewrite';
import { filterGradientRewrite } from './filter-gradient-rewrite';
import { useOwnKernels } from './own-kernels';
import type { RecordedFor } from './precision-scope';
import type { GraphDef } from './protobuf';
import { winogradRewrite } from './winograd-rewrite';

/** A recorded graph in the precision that it is to run in, with own kernels where there are such. */
export function finishedGraph(recorded: GraphDef, precision: RecordedFor['precision'], threads: number): GraphDef {
  const kernels = useOwnKernels(threads);
  const typed = precision === 'bfloat16' ? bfloat16Rewrite(recorded) : recorded;
  if (kernels === undefined) return typed;
  return batchNormRewrite(filterGradientRewrite(kernels.hasWinograd ? winogradRewrite(typed) : typed, kernels));
}

/** Whether own kernels that use all threads are in a finished graph. */
export function hasOwnConvolutions(graph: GraphDef): boolean {
  return graph.node.some(({ op }) => op.startsWith('FeaturemineWinograd') || op === 'FeaturemineConv2DFilterGradient');
}
