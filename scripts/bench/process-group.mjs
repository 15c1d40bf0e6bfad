// A command with the processes that it has started, by its process group (on Linux): their memory and their end.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * MiB that a command held at its peak: all of the process that leads the group, and what each other one has of its own.
 *
 * Forked processes share pages with the one that forked them: of those, a page is counted in parts (PSS). What a process
 * held at its peak beyond what it holds now (VmHWM − VmRSS) was its own.
 */
export function groupPeakMb(group) {
  return membersOf(group)
    .map((pid) => (pid === group ? peakMb(pid) : ownPeakMb(pid)))
    .reduce((a, b) => a + b, 0);
}

/** Ends all of them, and waits until they have: what stays behind would disturb what is timed next. */
export async function killGroup(group) {
  while (membersOf(group).length > 0) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await pause(5);
  }
}

// Not those that are dead and only wait for their parent to notice.
function membersOf(group) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = textOf(pid, 'stat');
      // The name in parentheses may have any character.
      const [state, , groupOfIt] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(groupOfIt) === group && state !== 'Z' && state !== 'X';
    });
}

function peakMb(pid) {
  return numberOf(textOf(pid, 'status'), 'VmHWM') / 1024;
}

function ownPeakMb(pid) {
  const status = textOf(pid, 'status');
  const beyond = numberOf(status, 'VmHWM') - numberOf(status, 'VmRSS');
  return (numberOf(textOf(pid, 'smaps_rollup'), 'Pss') + beyond) / 1024;
}

function numberOf(text, key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

function textOf(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}
