import { WeightsError } from '@featuremine/errors';
import { BoundedFile } from './bounded-file';
import { dtypeBytes, elementCount, type DType, type StateDict, type StoredTensor } from './state-dict';
import { numbersOfBytes } from './tensor-bytes';
import { PickleFault, type PickleGlobal, type PickleObject, type PickleValue } from './pickle-value';
import { unpickle } from './unpickle';
import { zipEntries, type ZipEntry } from './zip-entries';

const storageTypes: Readonly<Record<string, DType>> = {
  'torch.FloatStorage': 'F32',
  'torch.DoubleStorage': 'F64',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** Keys under which training scripts keep the model's state dict, best guess first. */
const modelKeys = ['state_dict', 'model', 'model_state_dict', 'model_state', 'net', 'weights'];

/** Bytes of the tensors that one file may make. */
const largestTensorBytes = 8 * 2 ** 30;

interface StorageObject extends PickleObject {
  readonly kind: 'storage';
  readonly dtype: DType;
  readonly key: string;
}

interface TensorObject extends PickleObject {
  readonly kind: 'tensor';
  readonly tensor: StoredTensor;
}

/**
 * Reads the state dict of a PyTorch `.pth`/`.pt` checkpoint in the zip format (`torch.save` since PyTorch 1.6).
 *
 * Nothing in the file is executed: the pickle may name tensors, plain containers and inert `argparse.Namespace`s, and
 * any other class is refused by its name. Of a training checkpoint the model's part is taken (`state_dict`, `model`,
 * …). Throws WeightsError.
 */
export function readTorchCheckpoint(path: string): StateDict {
  return BoundedFile.with(path, (file) => {
    const entries = zipEntries(file);
    const pickleName = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickleName === undefined) throw file.fault('a zip file without data.pkl', 'a PyTorch checkpoint');
    const folder = pickleName.slice(0, -'data.pkl'.length);
    const order = entries.get(`${folder}byteorder`);
    if (order !== undefined && Buffer.from(order.read()).toString().trim() !== 'little') {
      throw file.fault('big-endian numbers', 'little-endian numbers');
    }
    try {
      const reader = new TensorReader(file, entries, folder);
      const root = unpickle(entries.get(pickleName)!.read(), {
        global: (name) => reader.global(name),
        persistent: (id) => reader.storage(id),
      });
      return stateDictOf(file, root);
    } catch (error) {
      if (!(error instanceof PickleFault)) throw error;
      throw new WeightsError({
        where: path,
        found: `${error.message}, which is not read`,
        expected: 'tensors in plain containers',
        fix: 'Save the state dict alone: torch.save(model.state_dict(), path), or use safetensors',
      });
    }
  });
}

class TensorReader {
  private readonly file: BoundedFile;
  private readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly folder: string;
  private readonly loaded = new Map<string, Uint8Array<ArrayBuffer>>();
  private budgetBytes: number;

  constructor(file: BoundedFile, entries: ReadonlyMap<string, ZipEntry>, folder: string) {
    this.file = file;
    this.entries = entries;
    this.folder = folder;
    // Tensors may share a storage, but a small pickle must not multiply a large one without end.
    const claimed = [...entries.values()].reduce((sum, entry) => sum + entry.sizeBytes, 0);
    this.budgetBytes = Math.min(4 * claimed, largestTensorBytes);
  }

  /** The allow-list. */
  global(name: string): PickleGlobal | undefined {
    const make = (call: PickleGlobal['call']): PickleGlobal => ({ kind: 'global', name, call });
    switch (name) {
      case 'collections.OrderedDict':
        return make((args) => {
          if (args.length > 0) throw new PickleFault('an OrderedDict with arguments');
          return new Map();
        });
      case 'torch._utils._rebuild_tensor_v2':
        return make((args) => this.tensor(args));
      case 'torch._utils._rebuild_parameter':
        return make((args) => (isObject(args[0], 'tensor') ? args[0] : refuse('a parameter without a tensor')));
      case 'torch.Size':
        return make((args) => args[0] ?? []);
      case 'torch.device':
      case 'argparse.Namespace':
      case 'builtins.set':
      case '__builtin__.set':
        return make(() => ({ kind: 'inert' }));
      default:
        if (!Object.hasOwn(storageTypes, name)) return undefined;
        return make(() => refuse(`a call of ${name}`));
    }
  }

  /** ('storage', class, key, location, count), as torch.serialization writes it. */
  storage(id: PickleValue): PickleValue {
    if (!Array.isArray(id) || id[0] !== 'storage' || !isObject(id[1], 'global') || typeof id[2] !== 'string') {
      return refuse('a persistent id of an unknown form');
    }
    const { name } = id[1] as PickleGlobal;
    if (!Object.hasOwn(storageTypes, name)) return refuse(`a storage of ${name}`);
    const storage: StorageObject = { kind: 'storage', dtype: storageTypes[name], key: id[2] };
    return storage;
  }

  /** (storage, offset, size, stride, requires_grad, hooks) as torch._utils._rebuild_tensor_v2 takes it. */
  private tensor(args: readonly PickleValue[]): TensorObject {
    const [storage, offset, shape, strides] = args;
    if (!isObject(storage, 'storage') || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      return refuse('a tensor of an unknown form');
    }
    const { dtype, key } = storage as StorageObject;
    const bytes = this.bytes(key);
    const width = dtypeBytes[dtype];
    const count = elementCount(shape);
    const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? NaN), offset);
    if (
      strides.length !== shape.length ||
      count * width > bytes.length ||
      !(count === 0 || (last + 1) * width <= bytes.length)
    ) {
      return refuse(`a tensor [${shape.join(', ')}] that reaches past its storage ${key}`);
    }
    this.budgetBytes -= count * width;
    if (this.budgetBytes < 0) return refuse('many tensors over the same storages');
    const packed = gathered(bytes, width, offset, shape, strides, count);
    return { kind: 'tensor', tensor: { dtype, shape, data: numbersOfBytes(dtype, packed) } };
  }

  private bytes(key: string): Uint8Array<ArrayBuffer> {
    const known = this.loaded.get(key);
    if (known !== undefined) return known;
    const entry = this.entries.get(`${this.folder}data/${key}`);
    if (entry === undefined) throw this.file.fault(`no data for storage ${JSON.stringify(key)}`, 'one entry a storage');
    const bytes = entry.read();
    this.loaded.set(key, bytes);
    return bytes;
  }
}

/** The elements of a strided view, row-major, in memory of their own. */
function gathered(
  bytes: Uint8Array,
  width: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): ArrayBuffer {
  const dense = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  if (count === 0 || shape.every((size, axis) => size === 1 || strides[axis] === dense[axis])) {
    return bytes.slice(offset * width, (offset + count) * width).buffer;
  }
  const result = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    let from = offset;
    for (let axis = 0, rest = i; axis < shape.length; axis++) {
      from += Math.floor(rest / dense[axis]) * strides[axis];
      rest %= dense[axis];
    }
    result.set(bytes.subarray(from * width, (from + 1) * width), i * width);
  }
  return result.buffer;
}

function stateDictOf(file: BoundedFile, root: PickleValue): StateDict {
  const direct = tensorsOf(root);
  if (direct.size > 0) return direct;
  if (root instanceof Map) {
    for (const key of modelKeys) {
      const nested = tensorsOf(root.get(key) ?? null);
      if (nested.size > 0) return nested;
    }
  }
  throw file.fault('no tensors by name', `a state dict, alone or under ${modelKeys.join(', ')}`);
}

function tensorsOf(value: PickleValue): StateDict {
  const tensors: StateDict = new Map();
  if (!(value instanceof Map)) return tensors;
  for (const [name, item] of value) {
    if (typeof name === 'string' && isObject(item, 'tensor')) tensors.set(name, (item as TensorObject).tensor);
  }
  return tensors;
}

function isObject(value: PickleValue | undefined, kind: string): value is PickleObject {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((item) => isCount(item));
}

function refuse(what: string): never {
  throw new PickleFault(what);
}
