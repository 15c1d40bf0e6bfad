import { accumulatorName } from './optimizer';
import type { GraphRecorder, RecordedTensor } from './graph-recorder';
import type { VariableNodes } from './variable-nodes';
import type { VariableSpec } from './variables';

/** The recording, and the variables that it knows. */
export interface RecordedVariables {
  readonly recorder: GraphRecorder;
  readonly nodes: VariableNodes;
  readonly variables: ReadonlyMap<string, VariableSpec>;
}

/** The variables in which the gradients of a step's first parts wait for its last one. */
export class Accumulators {
  constructor(private readonly context: RecordedVariables) {}

  /** Adds a part's gradients, whatever they are: one that is not finite makes the whole step so when it is applied. */
  add(gradients: ReadonlyMap<string, RecordedTensor>): RecordedTensor[] {
    const { recorder } = this.context;
    return [...gradients].map(
      ([name, gradient]) => recorder.add('AssignAddVariableOp', [this.handle(name), gradient], [])[0],
    );
  }

  /** The mean of the last part's gradients and those that wait, whose variables are then set to zero. */
  take(
    last: ReadonlyMap<string, RecordedTensor>,
    share: RecordedTensor,
  ): { readonly gradients: Map<string, RecordedTensor>; readonly emptied: RecordedTensor[] } {
    const { recorder, nodes, variables } = this.context;
    const gradients = new Map<string, RecordedTensor>();
    const emptied = [...last].map(([name, gradient]) => {
      const waiting = nodes.read(accumulatorName(name), variables.get(name)!.shape);
      const sum = recorder.add('AddV2', [waiting, gradient], [])[0];
      gradients.set(name, recorder.add('Mul', [sum, share], [])[0]);
      const zeros = recorder.add('ZerosLike', [gradient], [])[0];
      return recorder.add('AssignVariableOp', [this.handle(name), zeros], [], { controls: [waiting] })[0];
    });
    return { gradients, emptied };
  }

  private handle(name: string): RecordedTensor {
    const { nodes, variables } = this.context;
    return nodes.handle(accumulatorName(name), variables.get(name)!.shape);
  }
}
