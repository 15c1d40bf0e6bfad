import type { StepGraph } from './graph-builder';
import { RecordingError } from './recording-error';

/**
 * Compares two recordings of one step function. A difference is something that JavaScript drew or computed anew, and
 * that would freeze into the graph. @throws RecordingError that names the op which uses it
 */
export function refuseFrozenValues(step: string, first: StepGraph, second: StepGraph): void {
  const hint = 'Random numbers, counters and times must be inputs of the step: pass them as an input.';
  if (first.graph.node.length !== second.graph.node.length || first.constants.length !== second.constants.length) {
    throw new RecordingError(
      `step ${step}: two recordings differ (${first.graph.node.length} and ${second.graph.node.length} nodes), ` +
        `expected the same ops each time. ${hint}`,
    );
  }
  first.constants.forEach((constant, i) => {
    const other = second.constants[i];
    if (Buffer.compare(constant.bytes, other.bytes) === 0) return;
    const user = first.graph.node.find(({ input }) => input.includes(constant.node));
    throw new RecordingError(
      `step ${step}: a value that op ${user?.op ?? '?'} (${user?.name ?? constant.node}) uses changes from one recording ` +
        `to the next, expected a constant. ${hint}`,
    );
  });
}
