import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };
import { loadTensorflow } from './tensorflow';
import { tensorflowLibraryPath } from './tensorflow-environment';

// koffi's typings are those of its ES module; its CommonJS entry is the same object.
const koffi = require('koffi') as typeof Koffi;

/** A native pointer. Zero is never handed out: `named` and `checked` turn it into an error. */
export type Pointer = bigint;

/** One output of a graph's operation. */
export interface TfOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/** TF_DataType's numbers, for the types that appear here. */
export const DataType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** A C function: synchronous when called, on a worker thread with `.async(…, callback)`. */
type Native = Koffi.KoffiFunc<(...values: unknown[]) => unknown>;

/** The part of TensorFlow's C API (tensorflow/c/c_api.h) that compiling and running a graph needs. */
export interface CApi {
  readonly NewStatus: Native;
  readonly DeleteStatus: Native;
  readonly GetCode: Native;
  readonly Message: Native;
  readonly NewGraph: Native;
  readonly DeleteGraph: Native;
  readonly NewOperation: Native;
  readonly AddInput: Native;
  readonly AddInputList: Native;
  readonly AddControlInput: Native;
  readonly SetAttrString: Native;
  readonly SetAttrInt: Native;
  readonly SetAttrIntList: Native;
  readonly SetAttrFloat: Native;
  readonly SetAttrFloatList: Native;
  readonly SetAttrBool: Native;
  readonly SetAttrType: Native;
  readonly SetAttrTypeList: Native;
  readonly SetAttrShape: Native;
  readonly SetAttrTensor: Native;
  readonly FinishOperation: Native;
  readonly OperationOutputType: Native;
  readonly OperationNumOutputs: Native;
  readonly GraphGetTensorNumDims: Native;
  readonly GraphGetTensorShape: Native;
  readonly GraphGetOpDef: Native;
  readonly GraphToGraphDef: Native;
  readonly GraphOperationByName: Native;
  readonly NewImportGraphDefOptions: Native;
  readonly DeleteImportGraphDefOptions: Native;
  readonly ImportGraphDefOptionsSetPrefix: Native;
  readonly GraphImportGraphDef: Native;
  readonly NewBuffer: Native;
  readonly NewBufferFromString: Native;
  readonly DeleteBuffer: Native;
  readonly AllocateTensor: Native;
  readonly DeleteTensor: Native;
  readonly TensorData: Native;
  readonly TensorByteSize: Native;
  readonly TensorType: Native;
  readonly NumDims: Native;
  readonly Dim: Native;
  readonly NewSessionOptions: Native;
  readonly DeleteSessionOptions: Native;
  readonly SetConfig: Native;
  readonly NewSession: Native;
  readonly CloseSession: Native;
  readonly DeleteSession: Native;
  readonly SessionRun: Native;
  readonly SessionListDevices: Native;
  readonly DeviceListCount: Native;
  readonly DeviceListType: Native;
  readonly DeleteDeviceList: Native;
  readonly Version: Native;
}

let loaded: CApi | undefined;

/** The C API of the TensorFlow library that tfjs-node has loaded; loaded at the first call. @throws RuntimeError */
export function cApi(): CApi {
  loaded ??= load();
  return loaded;
}

function load(): CApi {
  // TensorFlow compiles and optimises graphs on the calling thread: koffi's default stacks are too small for it.
  const stacks = { sync_stack_size: 16 << 20, async_stack_size: 16 << 20 };
  // koffi takes settings only before its first library; a second copy of this module in one process finds them set.
  if (koffi.config().sync_stack_size !== stacks.sync_stack_size) koffi.config(stacks);
  // tfjs-node keeps the library loaded to the end of the process; koffi alone would unload it under its threads.
  loadTensorflow();
  const library = koffi.load(tensorflowLibraryPath());
  const output = koffi.struct({ oper: 'void *', index: 'int' });
  const define = (name: string, result: string, ...parameters: (string | Koffi.TypeObject)[]): Native =>
    library.func(`TF_${name}`, result, parameters);
  const p = 'void *';
  return {
    NewStatus: define('NewStatus', p),
    DeleteStatus: define('DeleteStatus', 'void', p),
    GetCode: define('GetCode', 'int', p),
    Message: define('Message', 'const char *', p),
    NewGraph: define('NewGraph', p),
    DeleteGraph: define('DeleteGraph', 'void', p),
    NewOperation: define('NewOperation', p, p, 'const char *', 'const char *'),
    AddInput: define('AddInput', 'void', p, output),
    AddInputList: define('AddInputList', 'void', p, koffi.pointer(output), 'int'),
    AddControlInput: define('AddControlInput', 'void', p, p),
    SetAttrString: define('SetAttrString', 'void', p, 'const char *', p, 'size_t'),
    SetAttrInt: define('SetAttrInt', 'void', p, 'const char *', 'int64_t'),
    SetAttrIntList: define('SetAttrIntList', 'void', p, 'const char *', 'const int64_t *', 'int'),
    SetAttrFloat: define('SetAttrFloat', 'void', p, 'const char *', 'float'),
    SetAttrFloatList: define('SetAttrFloatList', 'void', p, 'const char *', 'const float *', 'int'),
    SetAttrBool: define('SetAttrBool', 'void', p, 'const char *', 'uint8_t'),
    SetAttrType: define('SetAttrType', 'void', p, 'const char *', 'int'),
    SetAttrTypeList: define('SetAttrTypeList', 'void', p, 'const char *', 'const int *', 'int'),
    SetAttrShape: define('SetAttrShape', 'void', p, 'const char *', 'const int64_t *', 'int'),
    SetAttrTensor: define('SetAttrTensor', 'void', p, 'const char *', p, p),
    FinishOperation: define('FinishOperation', p, p, p),
    OperationOutputType: define('OperationOutputType', 'int', output),
    OperationNumOutputs: define('OperationNumOutputs', 'int', p),
    GraphGetTensorNumDims: define('GraphGetTensorNumDims', 'int', p, output, p),
    GraphGetTensorShape: define('GraphGetTensorShape', 'void', p, output, p, 'int', p),
    GraphGetOpDef: define('GraphGetOpDef', 'void', p, 'const char *', p, p),
    GraphToGraphDef: define('GraphToGraphDef', 'void', p, p, p),
    GraphOperationByName: define('GraphOperationByName', p, p, 'const char *'),
    NewImportGraphDefOptions: define('NewImportGraphDefOptions', p),
    DeleteImportGraphDefOptions: define('DeleteImportGraphDefOptions', 'void', p),
    ImportGraphDefOptionsSetPrefix: define('ImportGraphDefOptionsSetPrefix', 'void', p, 'const char *'),
    GraphImportGraphDef: define('GraphImportGraphDef', 'void', p, p, p, p),
    NewBuffer: define('NewBuffer', p),
    NewBufferFromString: define('NewBufferFromString', p, p, 'size_t'),
    DeleteBuffer: define('DeleteBuffer', 'void', p),
    AllocateTensor: define('AllocateTensor', p, 'int', 'const int64_t *', 'int', 'size_t'),
    DeleteTensor: define('DeleteTensor', 'void', p),
    TensorData: define('TensorData', p, p),
    TensorByteSize: define('TensorByteSize', 'size_t', p),
    TensorType: define('TensorType', 'int', p),
    NumDims: define('NumDims', 'int', p),
    Dim: define('Dim', 'int64_t', p, 'int'),
    NewSessionOptions: define('NewSessionOptions', p),
    DeleteSessionOptions: define('DeleteSessionOptions', 'void', p),
    SetConfig: define('SetConfig', 'void', p, p, 'size_t', p),
    NewSession: define('NewSession', p, p, p, p),
    CloseSession: define('CloseSession', 'void', p, p),
    DeleteSession: define('DeleteSession', 'void', p, p),
    SessionRun: define('SessionRun', 'void', p, p, p, p, 'int', p, p, 'int', p, 'int', p, p),
    SessionListDevices: define('SessionListDevices', p, p, p),
    DeviceListCount: define('DeviceListCount', 'int', p),
    DeviceListType: define('DeviceListType', 'const char *', p, 'int', p),
    DeleteDeviceList: define('DeleteDeviceList', 'void', p),
    Version: define('Version', 'const char *'),
  };
}

/** Calls `use` with a fresh TF_Status and turns a status that is not OK into an Error that starts with `what`. */
export function checked<T>(what: string, use: (status: Pointer) => T): T {
  const api = cApi();
  const status = api.NewStatus() as Pointer;
  try {
    const result = use(status);
    raise(what, status);
    return result;
  } finally {
    api.DeleteStatus(status);
  }
}

/** Throws when the status is not OK. */
export function raise(what: string, status: Pointer): void {
  const api = cApi();
  if ((api.GetCode(status) as number) !== 0) throw new Error(`${what}: ${api.Message(status) as string}`);
}

// TF_Buffer.
const BUFFER = koffi.struct({ data: 'void *', length: 'size_t', deallocator: 'void *' });

/** Runs `fill` on a new TF_Buffer and returns a copy of its bytes. */
export function bytesFrom(what: string, fill: (buffer: Pointer, status: Pointer) => void): Uint8Array {
  const api = cApi();
  const buffer = api.NewBuffer() as Pointer;
  try {
    checked(what, (status) => fill(buffer, status));
    return bufferBytes(buffer);
  } finally {
    api.DeleteBuffer(buffer);
  }
}

/** A copy of what a TF_Buffer holds. */
export function bufferBytes(buffer: Pointer): Uint8Array {
  const { data, length } = koffi.decode(buffer, BUFFER) as { data: Pointer; length: number | bigint };
  return nativeBytes(data, Number(length)).slice();
}

/** A view (no copy) of native memory; valid as long as the memory is. */
export function nativeBytes(address: Pointer, length: number): Uint8Array {
  return length === 0 ? new Uint8Array(0) : new Uint8Array(koffi.view(address, length));
}
