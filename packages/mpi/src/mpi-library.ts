import { RuntimeError } from '@featuremine/errors';
import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };
import { libraryCandidates } from './find-library';

// koffi's typings are those of its ES module; its CommonJS entry is the same object.
const koffi = require('koffi') as typeof Koffi;

type Native = Koffi.KoffiFunc<(...values: unknown[]) => number>;

/** Handles and constants of MPICH's binary interface, which MVAPICH and Intel MPI share (libmpi.so.12). */
export const MPI = {
  COMM_WORLD: 0x44000000,
  BYTE: 0x4c00010d,
  INT: 0x4c000405,
  FLOAT: 0x4c00040a,
  DOUBLE: 0x4c00080b,
  SUM: 0x58000003,
  ERRORS_RETURN: 0x54000001,
  THREAD_SERIALIZED: 2,
  COMM_TYPE_SHARED: 1,
  INFO_NULL: 0x1c000000,
  /** A send buffer of this address: the values are in the receive buffer. */
  IN_PLACE: -1,
} as const;

/** The functions of MPI that are used. All return an error code, 0 for success. */
export interface MpiLibrary {
  readonly path: string;
  readonly Init_thread: Native;
  readonly Finalize: Native;
  readonly Abort: Native;
  readonly Comm_rank: Native;
  readonly Comm_size: Native;
  readonly Comm_split_type: Native;
  readonly Comm_set_errhandler: Native;
  readonly Error_string: Native;
  readonly Allreduce: Native;
  readonly Allgather: Native;
  readonly Allgatherv: Native;
  readonly Bcast: Native;
}

/** Loads MPICH's library. @throws RuntimeError that says how to install it */
export function loadMpi(candidates: readonly string[] = libraryCandidates()): MpiLibrary {
  // As large as TensorFlow needs them: koffi takes settings only before its first library.
  const stacks = { sync_stack_size: 16 << 20, async_stack_size: 16 << 20 };
  if (koffi.config().sync_stack_size !== stacks.sync_stack_size) koffi.config(stacks);
  keepMemoryHooksOut();
  const faults: string[] = [];
  for (const path of candidates) {
    try {
      const library = koffi.load(path);
      refuseOpenMpi(library);
      return functionsOf(path, library);
    } catch (error) {
      faults.push(`${path}: ${(error as Error).message}`);
    }
  }
  throw new RuntimeError({
    where: 'MPI',
    found: `no MPICH library that loads (${faults.join('; ')})`,
    fix:
      'Install it with `apt-get install mpich` (Debian, Ubuntu) or `pip install mpich` (into the environment whose ' +
      'mpirun you use), or name the library in FEATUREMINE_MPI_LIBRARY; Open MPI’s does not fit',
  });
}

// UCX, under Debian's MPICH, watches the process's memory for networks that register it. To try its hooks it moves the end
// of the heap up and back, while V8's threads allocate there: one process in a hundred crashed.
function keepMemoryHooksOut(): void {
  process.env['UCX_MEM_EVENTS'] ??= 'n';
}

// Open MPI's handles are addresses, not numbers: calling it with MPICH's would crash.
function refuseOpenMpi(library: Koffi.LibraryHandle): void {
  const text = Buffer.alloc(8192);
  const length = [0];
  library.func('int MPI_Get_library_version(void *text, _Out_ int *length)')(text, length);
  const version = text.toString('latin1', 0, length[0]);
  if (version.startsWith('Open MPI')) throw new Error('it is Open MPI');
}

function functionsOf(path: string, library: Koffi.LibraryHandle): MpiLibrary {
  const define = (name: string, parameters: string): Native => library.func(`int MPI_${name}(${parameters})`);
  return {
    path,
    Init_thread: define('Init_thread', 'void *argc, void *argv, int required, _Out_ int *provided'),
    Finalize: define('Finalize', ''),
    Abort: define('Abort', 'int comm, int code'),
    Comm_rank: define('Comm_rank', 'int comm, _Out_ int *rank'),
    Comm_size: define('Comm_size', 'int comm, _Out_ int *size'),
    Comm_split_type: define('Comm_split_type', 'int comm, int type, int key, int info, _Out_ int *made'),
    Comm_set_errhandler: define('Comm_set_errhandler', 'int comm, int handler'),
    Error_string: define('Error_string', 'int code, void *text, _Out_ int *length'),
    Allreduce: define('Allreduce', 'intptr_t send, void *receive, int count, int type, int op, int comm'),
    Allgather: define('Allgather', 'void *send, int n, int type, void *receive, int m, int rtype, int comm'),
    Allgatherv: define(
      'Allgatherv',
      'void *send, int n, int type, void *receive, void *counts, void *starts, int rtype, int comm',
    ),
    Bcast: define('Bcast', 'void *values, int count, int type, int root, int comm'),
  };
}
