import { AttrType, typeAttribute } from './attribute-type';
import { DataType } from './c-api';
import type { GraphRecorder, RecordedTensor } from './graph-recorder';

/** The nodes by which a recorded step reaches its variables: one handle for each variable, and reads of it. */
export class VariableNodes {
  private readonly handles = new Map<string, RecordedTensor>();

  constructor(private readonly recorder: GraphRecorder) {}

  /** The handle of a variable; handles of one name in a session are the same variable, whichever graph they are in. */
  handle(name: string, shape: readonly number[]): RecordedTensor {
    let handle = this.handles.get(name);
    if (handle === undefined) {
      const attributes = [
        typeAttribute('dtype', DataType.float32),
        { name: 'shape', type: AttrType.shape, value: shape },
        { name: 'shared_name', type: AttrType.string, value: name },
      ];
      handle = this.recorder.add('VarHandleOp', [], attributes, { name: `variable/${name}` })[0];
      this.handles.set(name, handle);
    }
    return handle;
  }

  /** A read of a variable, after the control inputs. */
  read(name: string, shape: readonly number[], controls: readonly RecordedTensor[] = []): RecordedTensor {
    const attributes = [typeAttribute('dtype', DataType.float32)];
    return this.recorder.add('ReadVariableOp', [this.handle(name, shape)], attributes, { controls })[0];
  }
}
