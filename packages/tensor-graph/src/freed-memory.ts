import { koffi } from './koffi';

// Parameters of glibc's mallopt.
const TRIM_THRESHOLD = -1;
const MMAP_THRESHOLD = -3;
const MOST = 2 ** 30;

/**
 * Lets glibc keep freed memory for what is allocated next, as far as it can, instead of giving it back to the system: a
 * step frees as much as it allocates, and each page that the system hands out anew costs time. Does nothing where there
 * is another C library.
 */
export function keepFreedMemory(): void {
  try {
    const mallopt = koffi.load('libc.so.6').func('mallopt', 'int', ['int', 'int']) as (
      what: number,
      to: number,
    ) => number;
    for (const parameter of [MMAP_THRESHOLD, TRIM_THRESHOLD]) mallopt(parameter, MOST);
  } catch {
    // macOS, Windows or musl.
  }
}
