import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };
import { RuntimeError } from '@featuremine/errors';
import { C_FUNCTIONS } from './c-functions';
import { koffi } from './koffi';
import { loadTensorflow } from './tensorflow';
import { tensorflowLibraryPath } from './tensorflow-environment';

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

/** The functions of `C_FUNCTIONS`, loaded. */
export type CApi = Readonly<Record<keyof typeof C_FUNCTIONS, Native>>;

let loaded: CApi | undefined;

/** The C API of the TensorFlow library that tfjs-node has loaded; loaded at the first call. @throws RuntimeError */
export function cApi(): CApi {
  loaded ??= load();
  return loaded;
}

function load(): CApi {
  // tfjs-node keeps the library loaded to the end of the process; koffi alone would unload it under its threads.
  loadTensorflow();
  const library = koffi.load(tensorflowLibraryPath());
  const functions = Object.entries(C_FUNCTIONS).map(([name, [result, ...parameters]]) => [
    name,
    library.func(`TF_${name}`, result, parameters),
  ]);
  return Object.fromEntries(functions) as CApi;
}

/** Calls `use` with a fresh TF_Status and turns a status that is not OK into an Error that starts with `what`. @throws as `raise` */
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

/** TF_Code of a lack of memory. */
const RESOURCE_EXHAUSTED = 8;

/** Throws when the status is not OK. @throws RuntimeError where memory is short, Error for any other fault */
export function raise(what: string, status: Pointer): void {
  const api = cApi();
  const code = api.GetCode(status) as number;
  if (code === 0) return;
  const message = api.Message(status) as string;
  if (code !== RESOURCE_EXHAUSTED) throw new Error(`${what}: ${message}`);
  throw new RuntimeError({
    where: what,
    found: `no memory is left for what it computes (${message.split('\n')[0]})`,
    fix: 'Take a smaller --batch-size or smaller images; on a GPU, another program may hold its memory',
  });
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
