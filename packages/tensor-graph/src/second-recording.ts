import type { EncodedAttribute } from './attribute-type';
import {
  askedConstant,
  askedNode,
  type AskedNode,
  type GraphRecorder,
  type NodeOptions,
  type RecordedNode,
  type RecordedTensor,
} from './graph-recorder';
import type { HostData } from './host-tensor';
import { RecordingError } from './recording-error';

const HINT = 'Random numbers, counters and times must be inputs of the step: pass them as an input.';

/**
 * Records a step function once more against its first recording, whose tensors it hands out: no node is made. A difference
 * is something that JavaScript drew or computed anew, and that would freeze into the graph.
 */
export class SecondRecording implements GraphRecorder {
  private next = 0;

  constructor(
    private readonly step: string,
    private readonly first: readonly RecordedNode[],
  ) {}

  /** @throws RecordingError that names the op where the recordings differ */
  add(
    op: string,
    inputs: readonly RecordedTensor[],
    attributes: readonly EncodedAttribute[],
    options: NodeOptions = {},
  ): RecordedTensor[] {
    return this.compared(askedNode(op, inputs, attributes, options));
  }

  /** @throws RecordingError as `add` */
  constant(dtype: number, shape: readonly number[], data: HostData): RecordedTensor {
    return this.compared(askedConstant(dtype, shape, data))[0];
  }

  /** Ends the recording. @throws RecordingError where it is shorter than the first */
  finish(): void {
    if (this.next < this.first.length) throw this.otherLength(`${this.next}`);
  }

  private compared(asked: AskedNode): RecordedTensor[] {
    if (this.next === this.first.length) throw this.otherLength(`more than ${this.next}`);
    const node = this.first[this.next++];
    if (!isSameCall(node, asked)) {
      throw new RecordingError(
        `step ${this.step}: two recordings differ, op ${node.op} (${node.name} of ${listed(node.inputs)}) in one is ` +
          `${asked.op} (of ${listed(asked.inputs)}) in the other, expected the same ops each time. ${HINT}`,
      );
    }
    this.compareValues(node, asked);
    return [...node.outputs];
  }

  private compareValues(node: RecordedNode, asked: AskedNode): void {
    const { step } = this;
    const changed = changedAttribute(node.attributes, asked.attributes);
    if (changed !== undefined) {
      throw new RecordingError(
        `step ${step}: the attribute ${changed} of op ${node.op} (${node.name}) changes from one recording to the next, ` +
          `expected a constant. ${HINT}`,
      );
    }
    if (node.bytes === undefined || Buffer.compare(node.bytes, asked.bytes!) === 0) return;
    const user = this.first.find(({ inputs }) => inputs.includes(node.name));
    throw new RecordingError(
      `step ${step}: a value that op ${user?.op ?? '?'} (${user?.name ?? node.name}) uses changes from one recording to ` +
        `the next, expected a constant. ${HINT}`,
    );
  }

  private otherLength(count: string): RecordingError {
    return new RecordingError(
      `step ${this.step}: two recordings differ (${this.first.length} and ${count} nodes), expected the same ops each ` +
        `time. ${HINT}`,
    );
  }
}

function isSameCall(node: AskedNode, asked: AskedNode): boolean {
  return (
    node.op === asked.op &&
    node.wantedName === asked.wantedName &&
    node.staysFloat32 === asked.staysFloat32 &&
    node.inputs.length === asked.inputs.length &&
    node.inputs.every((input, i) => input === asked.inputs[i])
  );
}

/** The name of the first attribute that is not the same in both lists. */
function changedAttribute(some: readonly EncodedAttribute[], others: readonly EncodedAttribute[]): string | undefined {
  const count = Math.max(some.length, others.length);
  for (let i = 0; i < count; i++) {
    const [a, b] = [some[i], others[i]] as const;
    if (a?.name !== b?.name || (!Object.is(a.value, b.value) && JSON.stringify(a) !== JSON.stringify(b)))
      return (a ?? b).name;
  }
  return undefined;
}

function listed(inputs: readonly string[]): string {
  return inputs.join(', ') || 'nothing';
}
