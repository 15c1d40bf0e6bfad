// What Linux tells of its processes, under /proc.
import { readFileSync, readdirSync } from 'node:fs';

/** The numbers of all processes. */
export function processIds() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A file of a process (a number, or `self`), such as `status`; empty when the process has ended. */
export function processFile(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The number of a line such as `VmHWM:   1234 kB`; 0 without such a line. */
export function numberIn(text, key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** MiB that a process held at its peak so far; 0 when it has ended. */
export function peakMbOf(pid) {
  return numberIn(processFile(pid, 'status'), 'VmHWM') / 1024;
}
