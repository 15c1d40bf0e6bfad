export { AtomicFile, writeAll, writeFileAtomic } from './atomic-file';
export type { WriteFault } from './atomic-file';
export { flushFolder } from './flush-folder';
export { isProcessAlive } from './is-process-alive';
export { openPlainFile, readPlainFile } from './plain-file';
export { readJson } from './read-json';
