import type * as Koffi from 'koffi' with { 'resolution-mode': 'import' };
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A native pointer. */
type Pointer = bigint;
type Native = Koffi.KoffiFunc<(...values: unknown[]) => unknown>;

/** The part of libjpeg-turbo's C API (turbojpeg.h, version 3) that is used here. */
export interface JpegLibrary {
  /** A decompressor; it serves one image after another, until it fails. */
  readonly handle: Pointer;
  /** Replaces the decompressor: some faults of a file leave it in a state in which it reads no file any more. */
  renew(): void;
  readonly DecompressHeader: Native;
  readonly Get: Native;
  readonly Set: Native;
  readonly SetCroppingRegion: Native;
  readonly Decompress8: Native;
}

/** TJPARAM_*, parameters of a decompressor. */
export const JpegParameter = {
  subsampling: 4,
  width: 5,
  height: 6,
  precision: 7,
  colourSpace: 8,
  scanLimit: 13,
  isLossless: 15,
} as const;

const DECOMPRESS = 1;

let loaded: JpegLibrary | null | undefined;

/**
 * libjpeg-turbo by koffi, once for each thread; undefined where it is not installed (it is an optional dependency, and
 * for Linux only): sharp decodes then, to the same pixels.
 */
export function jpegLibrary(): JpegLibrary | undefined {
  loaded ??= load();
  return loaded ?? undefined;
}

function load(): JpegLibrary | null {
  for (const path of libraryPaths()) {
    try {
      return open(path);
    } catch {
      // Made for another C library, or none of koffi for this system.
    }
  }
  return null;
}

function open(path: string): JpegLibrary {
  const koffi = require('koffi') as typeof Koffi;
  // As large as TensorFlow needs them: koffi takes settings only before its first library, which may be this one.
  const stacks = { sync_stack_size: 16 << 20, async_stack_size: 16 << 20 };
  if (koffi.config().sync_stack_size !== stacks.sync_stack_size) koffi.config(stacks);
  const library = koffi.load(path);
  const define = (name: string, result: string, ...parameters: (string | Koffi.TypeObject)[]): Native =>
    library.func(`tj3${name}`, result, parameters);
  const region = koffi.struct({ x: 'int', y: 'int', w: 'int', h: 'int' });
  const p = 'void *';
  const functions = {
    DecompressHeader: define('DecompressHeader', 'int', p, p, 'size_t'),
    Get: define('Get', 'int', p, 'int'),
    Set: define('Set', 'int', p, 'int', 'int'),
    SetCroppingRegion: define('SetCroppingRegion', 'int', p, region),
    Decompress8: define('Decompress8', 'int', p, p, 'size_t', p, 'int', 'int'),
  };
  const [init, destroy] = [define('Init', p, 'int'), define('Destroy', 'void', p)];
  const opened = (): Pointer => {
    const handle = init(DECOMPRESS) as Pointer | null;
    if (handle === null || handle === 0n) throw new Error('no memory');
    return handle;
  };
  let handle = opened();
  return {
    ...functions,
    get handle() {
      return handle;
    },
    renew() {
      destroy(handle);
      handle = opened();
    },
  };
}

// Of both C libraries for Linux: the one that is not this system's does not load.
function libraryPaths(): string[] {
  if (process.platform !== 'linux') return [];
  try {
    const folder = join(dirname(require.resolve('@julusian/jpeg-turbo/package.json')), 'prebuilds');
    return ['', '-musl']
      .map((suffix) => join(folder, `jpeg-turbo-linux-${process.arch}${suffix}`, 'libturbojpeg.so.0'))
      .filter((path) => existsSync(path));
  } catch {
    return [];
  }
}
