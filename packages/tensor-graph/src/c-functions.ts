import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };

// koffi's typings are those of its ES module; its CommonJS entry is the same object.
const koffi = require('koffi') as typeof Koffi;

const POINTER = 'void *';
// TF_Output.
const OUTPUT = koffi.struct({ oper: POINTER, index: 'int' });

/**
 * The part of TensorFlow's C API (tensorflow/c/c_api.h) that compiling and running a graph needs: of each function
 * without its `TF_` the type of its result, then those of its parameters.
 */
export const C_FUNCTIONS = {
  NewStatus: [POINTER],
  DeleteStatus: ['void', POINTER],
  GetCode: ['int', POINTER],
  Message: ['const char *', POINTER],
  NewGraph: [POINTER],
  DeleteGraph: ['void', POINTER],
  NewOperation: [POINTER, POINTER, 'const char *', 'const char *'],
  AddInput: ['void', POINTER, OUTPUT],
  AddInputList: ['void', POINTER, koffi.pointer(OUTPUT), 'int'],
  AddControlInput: ['void', POINTER, POINTER],
  SetAttrString: ['void', POINTER, 'const char *', POINTER, 'size_t'],
  SetAttrInt: ['void', POINTER, 'const char *', 'int64_t'],
  SetAttrIntList: ['void', POINTER, 'const char *', 'const int64_t *', 'int'],
  SetAttrFloat: ['void', POINTER, 'const char *', 'float'],
  SetAttrFloatList: ['void', POINTER, 'const char *', 'const float *', 'int'],
  SetAttrBool: ['void', POINTER, 'const char *', 'uint8_t'],
  SetAttrType: ['void', POINTER, 'const char *', 'int'],
  SetAttrTypeList: ['void', POINTER, 'const char *', 'const int *', 'int'],
  SetAttrShape: ['void', POINTER, 'const char *', 'const int64_t *', 'int'],
  SetAttrTensor: ['void', POINTER, 'const char *', POINTER, POINTER],
  FinishOperation: [POINTER, POINTER, POINTER],
  OperationOutputType: ['int', OUTPUT],
  OperationNumOutputs: ['int', POINTER],
  GraphGetTensorNumDims: ['int', POINTER, OUTPUT, POINTER],
  GraphGetTensorShape: ['void', POINTER, OUTPUT, POINTER, 'int', POINTER],
  GraphGetOpDef: ['void', POINTER, 'const char *', POINTER, POINTER],
  GraphToGraphDef: ['void', POINTER, POINTER, POINTER],
  GraphOperationByName: [POINTER, POINTER, 'const char *'],
  NewImportGraphDefOptions: [POINTER],
  DeleteImportGraphDefOptions: ['void', POINTER],
  ImportGraphDefOptionsSetPrefix: ['void', POINTER, 'const char *'],
  GraphImportGraphDef: ['void', POINTER, POINTER, POINTER, POINTER],
  NewBuffer: [POINTER],
  NewBufferFromString: [POINTER, POINTER, 'size_t'],
  DeleteBuffer: ['void', POINTER],
  AllocateTensor: [POINTER, 'int', 'const int64_t *', 'int', 'size_t'],
  DeleteTensor: ['void', POINTER],
  TensorData: [POINTER, POINTER],
  TensorByteSize: ['size_t', POINTER],
  TensorType: ['int', POINTER],
  NumDims: ['int', POINTER],
  Dim: ['int64_t', POINTER, 'int'],
  NewSessionOptions: [POINTER],
  DeleteSessionOptions: ['void', POINTER],
  SetConfig: ['void', POINTER, POINTER, 'size_t', POINTER],
  NewSession: [POINTER, POINTER, POINTER, POINTER],
  CloseSession: ['void', POINTER, POINTER],
  DeleteSession: ['void', POINTER, POINTER],
  SessionRun: [
    'void',
    POINTER,
    POINTER,
    POINTER,
    POINTER,
    'int',
    POINTER,
    POINTER,
    'int',
    POINTER,
    'int',
    POINTER,
    POINTER,
  ],
  SessionListDevices: [POINTER, POINTER, POINTER],
  DeviceListCount: ['int', POINTER],
  DeviceListType: ['const char *', POINTER, 'int', POINTER],
  DeleteDeviceList: ['void', POINTER],
  Version: ['const char *'],
} as const satisfies Readonly<Record<string, readonly [result: string, ...parameters: (string | Koffi.TypeObject)[]]>>;
