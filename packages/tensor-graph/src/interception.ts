import type { Tensor, TensorContainer } from '@tensorflow/tfjs-node-gpu';
import type { EncodedAttribute } from './attribute-type';
import { DataType } from './c-api';
import { ARRAY_TYPES, type HostData } from './host-tensor';
import type { GraphRecorder, RecordedTensor } from './graph-recorder';
import { RecordingError } from './recording-error';
import { tf } from './tensorflow';

/** What tfjs-node's backend keeps of a tensor: a handle, or values that were not uploaded yet. */
interface TensorInfo {
  readonly shape: number[];
  readonly dtype: number;
  readonly id: number;
  readonly values: ArrayLike<number> | null;
}

interface Metadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The parts of tfjs-node's binding and backend that are replaced while a function is recorded. */
interface Binding {
  createTensor(shape: number[], dtype: number, data: HostData): number;
  tensorDataSync(id: number): HostData;
}

interface Backend {
  binding: Binding;
  readonly tensorMap: { get(dataId: object): TensorInfo };
  getInputTensorIds(tensors: readonly { dataId: object }[]): number[];
  createOutputTensor(metadata: Metadata): Tensor;
}

// Handles of recorded tensors start here, far above those that the binding counts up from zero.
const FIRST_HANDLE = 2 ** 40;

/** Turns recorded tensors into tfjs tensors and back, while `Interception.run` is under way. */
export class Interception {
  private readonly tensors: RecordedTensor[] = [];
  private readonly constants = new Map<object, RecordedTensor>();
  private readonly backend = tf.backend() as unknown as Backend;

  constructor(private readonly recorder: GraphRecorder) {}

  /** Runs `fn` with every tfjs-node kernel adding a node to the recorder's graph instead of being executed. */
  run<T extends TensorContainer>(fn: () => T): T {
    const { backend } = this;
    const { binding } = backend;
    // The binding's own properties are read-only: an object on top of it hides them.
    backend.binding = Object.create(binding, {
      executeOp: { value: this.executeOp.bind(this) },
      createTensor: {
        value: (shape: number[], dtype: number, data: HostData) => this.handle(this.constant(shape, dtype, data)),
      },
      deleteTensor: { value: (): void => undefined },
      tensorDataSync: { value: refuseToRead },
    }) as Binding;
    backend.getInputTensorIds = (tensors) => tensors.map((tensor) => this.handleOf(tensor.dataId, binding));
    try {
      return tf.tidy(fn);
    } finally {
      backend.binding = binding;
      delete (backend as Partial<Backend>).getInputTensorIds;
    }
  }

  /** The tfjs tensor that stands for a recorded one. */
  wrap(recorded: RecordedTensor): Tensor {
    return this.backend.createOutputTensor({ id: this.handle(recorded), shape: recorded.shape, dtype: recorded.dtype });
  }

  /** The recorded tensor behind a tfjs tensor; one that was made outside becomes a constant. */
  unwrap(tensor: Tensor): RecordedTensor {
    return this.tensors[this.handleOf(tensor.dataId, this.backend.binding) - FIRST_HANDLE];
  }

  private executeOp(op: string, attributes: EncodedAttribute[], ids: number[], outputs: number): Metadata[] {
    const inputs = ids.map((id) => this.tensors[id - FIRST_HANDLE]);
    return this.recorder
      .add(op, inputs, attributes, { outputs })
      .map((recorded) => ({ id: this.handle(recorded), shape: recorded.shape, dtype: recorded.dtype }));
  }

  private handle(recorded: RecordedTensor): number {
    this.tensors.push(recorded);
    return FIRST_HANDLE + this.tensors.length - 1;
  }

  private handleOf(dataId: object, realBinding: Binding): number {
    const info = this.backend.tensorMap.get(dataId);
    if (info.values === null && info.id >= FIRST_HANDLE) return info.id;
    let constant = this.constants.get(dataId);
    if (constant === undefined) {
      const values = info.values ?? realBinding.tensorDataSync(info.id);
      constant = this.constant(info.shape, info.dtype, values);
      this.constants.set(dataId, constant);
    }
    return this.handle(constant);
  }

  private constant(shape: readonly number[], dtype: number, values: ArrayLike<number>): RecordedTensor {
    if (dtype === DataType.float32) return this.recorder.constant(dtype, shape, Float32Array.from(values));
    if (dtype === DataType.int32) return this.recorder.constant(dtype, shape, Int32Array.from(values));
    if (dtype === DataType.bool) return this.recorder.constant(dtype, shape, ARRAY_TYPES.bool.from(values));
    throw new RecordingError(`a constant has TensorFlow's type ${dtype}, expected float32, int32 or bool`);
  }
}

function refuseToRead(): never {
  throw new RecordingError(
    'the step function reads the value of a tensor while it is compiled, expected tensors only. ' +
      'Compute with tensors, or pass the value as an input; `eager: true` runs the function op by op.',
  );
}
