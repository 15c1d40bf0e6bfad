// A command with the processes that it has started, by its process group (on Linux): their memory and their end.
import { setTimeout as pause } from 'node:timers/promises';
import { numberIn, peakMbOf, processFile, processIds } from './process-files.mjs';

/**
 * MiB that a command held at its peak: all of the process that leads the group, and what each other one has of its own.
 *
 * Forked processes share pages with the one that forked them: of those, a page is counted in parts (PSS). What a process
 * held at its peak beyond what it holds now (VmHWM − VmRSS) was its own.
 */
export function groupPeakMb(group) {
  return membersOf(group)
    .map((pid) => (pid === group ? peakMbOf(pid) : ownPeakMb(pid)))
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
  return processIds().filter((pid) => {
    const stat = processFile(pid, 'stat');
    // The name in parentheses may have any character.
    const [state, , groupOfIt] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(groupOfIt) === group && state !== 'Z' && state !== 'X';
  });
}

function ownPeakMb(pid) {
  const status = processFile(pid, 'status');
  const beyond = numberIn(status, 'VmHWM') - numberIn(status, 'VmRSS');
  return (numberIn(processFile(pid, 'smaps_rollup'), 'Pss') + beyond) / 1024;
}
