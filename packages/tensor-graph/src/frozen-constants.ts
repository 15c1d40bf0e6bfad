import type { StepGraph } from './graph-builder';
import type { NodeDef } from './protobuf';
import { RecordingError } from './recording-error';

const HINT = 'Random numbers, counters and times must be inputs of the step: pass them as an input.';

/**
 * Compares two recordings of one step function. A difference is something that JavaScript drew or computed anew, and
 * that would freeze into the graph. Ops that draw by themselves are refused too: what they draw depends on all runs
 * before, and a resumed training would differ. @throws RecordingError that names the op
 */
export function refuseFrozenValues(step: string, first: StepGraph, second: StepGraph): void {
  const drawing = first.graph.node.find(({ attr }) => 'seed2' in attr);
  if (drawing !== undefined) {
    throw new RecordingError(
      `step ${step}: op ${drawing.op} (${drawing.name}) draws other numbers in every run, expected none that cannot be ` +
        'repeated. Draw from a seed that is an input of the step, as the op dropout of this package does.',
    );
  }
  refuseOtherNodes(step, first.graph.node, second.graph.node);
  first.constants.forEach((constant, i) => {
    const other = second.constants[i];
    if (Buffer.compare(constant.bytes, other.bytes) === 0) return;
    const user = first.graph.node.find(({ input }) => input.includes(constant.node));
    throw new RecordingError(
      `step ${step}: a value that op ${user?.op ?? '?'} (${user?.name ?? constant.node}) uses changes from one recording ` +
        `to the next, expected a constant. ${HINT}`,
    );
  });
}

function refuseOtherNodes(step: string, first: readonly NodeDef[], second: readonly NodeDef[]): void {
  const common = Math.min(first.length, second.length);
  for (let i = 0; i < common; i++) {
    const [a, b] = [first[i], second[i]];
    if (a.op !== b.op || a.name !== b.name || a.input.join() !== b.input.join()) {
      throw new RecordingError(
        `step ${step}: two recordings differ, op ${a.op} (${a.name} of ${a.input.join(', ') || 'nothing'}) in one is ` +
          `${b.op} (${b.name} of ${b.input.join(', ') || 'nothing'}) in the other, expected the same ops each time. ${HINT}`,
      );
    }
    const attribute = Object.keys(a.attr).find(
      // The values of constants are compared as bytes.
      (name) =>
        !(a.op === 'Const' && name === 'value') && JSON.stringify(a.attr[name]) !== JSON.stringify(b.attr[name]),
    );
    if (attribute !== undefined) {
      throw new RecordingError(
        `step ${step}: the attribute ${attribute} of op ${a.op} (${a.name}) changes from one recording to the next, ` +
          `expected a constant. ${HINT}`,
      );
    }
  }
  if (first.length !== second.length) {
    throw new RecordingError(
      `step ${step}: two recordings differ (${first.length} and ${second.length} nodes), expected the same ops each ` +
        `time. ${HINT}`,
    );
  }
}
