export { AtomicFile, writeAll, writeFileAtomic } from './atomic-file';
export type { WriteFault } from './atomic-file';
export { flushFolder } from './flush-folder';
export { isProcessAlive } from './is-process-alive';
export { openPlainFile, readPlainFile } from './plain-file';
export { acquireLock } from './process-lock';
export type { LockHolder, ProcessLock } from './process-lock';
export { readJson } from './read-json';
export { removeQuietly } from './remove-quietly';
