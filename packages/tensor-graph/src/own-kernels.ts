import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cApi } from './c-api';
import { TENSORFLOW_VERSION } from './installer/runtime-state';
import { koffi } from './koffi';
import { tfjsNodeFolder } from './runtime-files';
import { usesGpu } from './tensorflow';

/** The environment variable that turns own kernels off with the value `stock`. */
export const KERNELS_VARIABLE = 'FEATUREMINE_KERNELS';

/** The folder of the kernels' C++ sources. */
export function kernelSources(): string {
  return join(__dirname, '..', 'kernels');
}

/**
 * Where the library of own kernels lies when it is built for this processor and from these sources; undefined where it
 * cannot be: it is compiled for the instructions of the machine that it was installed on, on Linux alone.
 */
export function kernelLibrary(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/proc/cpuinfo')) return undefined;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ').filter(isInstructionSet);
  const hash = createHash('sha256').update(`${TENSORFLOW_VERSION} ${process.arch} ${flags?.sort().join(' ')}`);
  const folder = kernelSources();
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  return join(tfjsNodeFolder(), 'deps', 'kernels', `${hash.digest('hex').slice(0, 16)}.so`);
}

// Other flags come and go with the kernel of the system.
function isInstructionSet(flag: string): boolean {
  return /^(sse|ssse|avx|amx|fma|bmi|f16c|adx|popcnt|movbe|sha|vaes|gfni|vpcl)/.test(flag);
}

/** Why there are no own kernels in this process, or undefined where there are. */
export function kernelsFault(): string | undefined {
  if (process.env[KERNELS_VARIABLE] === 'stock') return `${KERNELS_VARIABLE} is stock`;
  library ??= load();
  return typeof library === 'string' ? library : undefined;
}

/** What own kernels there are. */
export interface OwnKernels {
  /** Whether this processor has what the kernel for the gradients of filters is made for. */
  readonly hasFilterGradient: boolean;
  /** Whether it has what the kernels for convolutions with 3x3 filters are made for. */
  readonly hasWinograd: boolean;
}

/** Makes own kernels ready for so many threads (0: all cores). Returns undefined where there are none: stock ops must do. */
export function useOwnKernels(threads: number): OwnKernels | undefined {
  if (kernelsFault() !== undefined) return undefined;
  const loaded = library as KernelLibrary;
  loaded.useThreads(threads > 0 ? threads : availableParallelism());
  return loaded;
}

interface KernelLibrary extends OwnKernels {
  readonly useThreads: (count: number) => void;
}

let library: KernelLibrary | string | undefined;

// A library that does not load is no reason to stop: TensorFlow's own kernels give the same numbers.
function load(): KernelLibrary | string {
  cApi(); // Loads TensorFlow, whose functions they call.
  try {
    const path = kernelLibrary();
    if (usesGpu()) return 'a GPU computes';
    if (path === undefined) return 'they are for Linux alone';
    if (!existsSync(path)) return 'they are not built for this processor';
    const loaded = koffi.load(path);
    const fault = (loaded.func('featuremine_register', 'const char *', []) as () => string | null)();
    if (fault !== null) return fault;
    const has = (kernel: string): boolean => (loaded.func(`featuremine_has_${kernel}`, 'bool', []) as () => boolean)();
    return {
      useThreads: loaded.func('featuremine_use_threads', 'void', ['int']),
      hasFilterGradient: has('filter_gradient'),
      hasWinograd: has('winograd'),
    };
  } catch (error) {
    return (error as Error).message;
  }
}
