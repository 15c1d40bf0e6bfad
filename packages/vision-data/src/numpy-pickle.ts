import { PickleFault, unpickle } from '@featuremine/weights';
import type { PickleGlobal, PickleObject, PickleValue } from '@featuremine/weights';

/** An array of bytes in a pickle. */
export interface ByteArray {
  readonly shape: readonly number[];
  /** Row-major; a view of the pickle's bytes where that is possible. */
  readonly data: Uint8Array;
}

/** Largest pickle that is read: CIFAR-100's training part has 155 MB. */
const LARGEST_BYTES = 512 * 2 ** 20;

/**
 * Reads a pickle that holds a dict with texts as keys, as CIFAR's Python version does: keys by name, values as they are.
 * Arrays are read by `byteArrayOf`.
 *
 * Nothing in the file is executed: it may name NumPy's array and dtype and the codec of Python 3's byte strings, and
 * anything else is refused by its name.
 *
 * @throws PickleFault
 */
export function unpickleDict(bytes: Uint8Array): Map<string, PickleValue> {
  const root = unpickle(bytes, {
    global: (name) => (Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined),
    persistent: () => refuse('a persistent id'),
    build: (object, state) => {
      if (object instanceof PickledArray) object.state = state;
    },
    strings: 'bytes',
    largestBytes: LARGEST_BYTES,
  });
  if (!(root instanceof Map)) throw new PickleFault('no dict at its top');
  return new Map([...root].flatMap(([key, value]) => (textOf(key) === undefined ? [] : [[textOf(key)!, value]])));
}

/** A text of either Python, or undefined. */
export function textOf(value: PickleValue): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
}

/** An array of unsigned bytes. @throws PickleFault for anything else */
export function byteArrayOf(value: PickleValue | undefined): ByteArray {
  if (!(value instanceof PickledArray) || !Array.isArray(value.state)) return refuse('no NumPy array');
  const [, shape, dtype, isFortran, raw] = value.state;
  const areSizes = Array.isArray(shape) && shape.every((size) => typeof size === 'number' && size >= 0);
  if (!areSizes || !(dtype instanceof PickledDtype)) return refuse('a NumPy array of an unknown form');
  if (dtype.code !== 'u1' || isFortran !== false)
    return refuse(`a NumPy array of ${dtype.code.slice(0, 20)}, not of u1`);
  const data = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw;
  const sizes = shape as number[];
  const length = sizes.reduce((product, size) => product * size, 1);
  if (!(data instanceof Uint8Array) || data.length !== length) {
    return refuse(`a NumPy array [${sizes.join(', ')}] with another number of bytes`);
  }
  return { shape: sizes, data };
}

class PickledArray implements PickleObject {
  readonly kind = 'array';
  /** (version, shape, dtype, is Fortran, bytes), as ndarray.__setstate__ takes it. */
  state: PickleValue = null;
}

class PickledDtype implements PickleObject {
  readonly kind = 'dtype';
  constructor(readonly code: string) {}
}

const makeArray = (): PickledArray => new PickledArray();

/** The allow-list; NumPy 2 has other module names. */
const GLOBALS: Readonly<Record<string, PickleGlobal>> = Object.fromEntries(
  [
    global('numpy.core.multiarray._reconstruct', makeArray),
    global('numpy._core.multiarray._reconstruct', makeArray),
    global('numpy.ndarray', () => refuse('a call of numpy.ndarray')),
    global('numpy.dtype', ([code]) => new PickledDtype(textOf(code ?? null) ?? refuse('a dtype without a code'))),
    // Python 3 writes byte strings of protocol 2 as texts of one character a byte.
    global('_codecs.encode', ([text, encoding]) => {
      if (typeof text !== 'string' || encoding !== 'latin1') return refuse('a codec other than latin1');
      return new Uint8Array(Buffer.from(text, 'latin1'));
    }),
  ].map((entry) => [entry.name, entry]),
);

function global(name: string, call: PickleGlobal['call']): PickleGlobal {
  return { kind: 'global', name, call };
}

function refuse(what: string): never {
  throw new PickleFault(what);
}
