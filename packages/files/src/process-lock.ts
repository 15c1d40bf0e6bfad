import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { FileError } from '@featuremine/errors';
import { isProcessAlive } from './is-process-alive';
import { readIfThere } from './read-if-there';
import { removeQuietly } from './remove-quietly';

/** How long a takeover waits before it looks again. */
const SETTLE_MS = 200;

/** The process that holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Whether `host` is this machine. */
  readonly isHere: boolean;
}

/** What the file says. A process is the same one only if it also started at the same time since the same boot. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
}

/** A lock file that names this process. */
export interface ProcessLock {
  /** Removes the lock file, if it is still this process's. Safe to call twice. */
  release(): void;
  /** True if a lock of a dead process was taken over. */
  readonly wasTakenOver: boolean;
}

/**
 * Takes a lock file, or takes it over from a process that is dead.
 *
 * @throws what `heldBy` makes of the holder if a living process (or one on another machine, which cannot be asked) has it;
 * FileError if the lock changes all the time; an error of Node's file functions
 */
export function acquireLock(path: string, heldBy: (holder: LockHolder) => Error): ProcessLock {
  const own: Holder = { pid: process.pid, host: hostname(), startedAt: startOf(process.pid) };
  const text = JSON.stringify(own);
  const refusal = ({ pid, host }: Holder): Error => heldBy({ pid, host, isHere: host === hostname() });
  let wasTakenOver = false;
  for (let attempt = 0; attempt < 20; attempt++) {
    if (createWhole(path, text)) {
      if (wasTakenOver) confirmOwn(path, text, refusal);
      return { release: () => releaseOwn(path, text), wasTakenOver };
    }
    const found = readIfThere(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isAlive(holder)) throw refusal(holder);
    wasTakenOver = removeStale(path, found);
  }
  throw new FileError({ where: path, found: 'a lock that changes all the time', fix: 'Try again' });
}

// Another process that read the dead lock as well may have moved this one away in its place (see removeStale), and a third
// may have locked in between: whoever took a lock over looks again when such a move must be over.
function confirmOwn(path: string, text: string, refusal: (holder: Holder) => Error): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  const found = readIfThere(path);
  if (found === text) return;
  const holder = found === undefined ? undefined : parseHolder(found);
  if (holder !== undefined) throw refusal(holder);
  throw new FileError({ where: path, found: 'another process that takes the same lock', fix: 'Try again' });
}

// A link makes the file appear with its content: nobody can read a lock that is half written.
function createWhole(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, text);
    linkSync(temporary, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    removeQuietly(temporary);
  }
}

// Of two processes that find the same dead lock, only one may remove it: the rename tells which.
function removeStale(path: string, stale: string): boolean {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const moved = readIfThere(aside);
  if (moved !== stale && moved !== undefined) {
    // The other one was quicker and its new lock was moved: put it back.
    try {
      linkSync(aside, path);
    } catch {
      // A third one took the place; it will see a living holder next time.
    }
  }
  rmSync(aside, { force: true });
  return moved === stale;
}

function releaseOwn(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path, { force: true });
  } catch {
    // Gone already: nothing to release.
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (typeof value?.pid !== 'number' || !Number.isSafeInteger(value.pid) || value.pid <= 0) return undefined;
    return { pid: value.pid, host: String(value.host), startedAt: String(value.startedAt) };
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  if (!isProcessAlive(holder.pid)) return false;
  // The number may have been given to another process since; a start that cannot be read counts as the same.
  const startedAt = startOf(holder.pid);
  return startedAt === '' || holder.startedAt === '' || startedAt === holder.startedAt;
}

// Linux: the boot, and the clock tick at which the process started. Elsewhere the number alone must do.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
  } catch {
    return '';
  }
}
