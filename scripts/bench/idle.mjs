// How much of the machine is in use before a row begins, when nothing of the bench runs.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** From this share of all processor time on, in use or stolen, the machine counts as busy. */
const BUSY_PERCENT = 5;
const LOOK_MS = 3000;
const PAUSE_MS = 15_000;

/** Whether figures are rough after that: `load`, of one minute, is what rows have from before the bench waited. */
export function isBusy({ load, busyPercent, stealPercent = 0 }) {
  return load === undefined ? busyPercent + stealPercent >= BUSY_PERCENT : load > 0.5;
}

/** That state in words. */
export function useInWords({ load, busyPercent, stealPercent }) {
  if (load !== undefined) return `load ${load}`;
  return `${busyPercent} % in use${stealPercent === undefined ? '' : `, ${stealPercent} % stolen`}`;
}

/** Of two looks at the machine, the one that saw more use. */
export function busierOf(a, b) {
  const use = ({ busyPercent, stealPercent = 0 }) => busyPercent + stealPercent;
  return use(b) > use(a) ? b : a;
}

/** The share of all processor time that is in use over three seconds, and that other machines take (on Linux). */
export async function machineUse() {
  const before = processorTimes();
  await pause(LOOK_MS);
  const after = processorTimes();
  const total = after.total - before.total;
  const percent = (key) => Math.round((1000 * (after[key] - before[key])) / total) / 10;
  return { busyPercent: percent('busy'), ...(after.steal === undefined ? {} : { stealPercent: percent('steal') }) };
}

/**
 * What `use` sees when the machine has become idle, or after so many minutes; what is waited for is said through `say`.
 */
export async function waitForIdle({ minutes, use = machineUse, say, pauseMs = PAUSE_MS }) {
  const end = performance.now() + 60_000 * minutes;
  let found = await use();
  if (isBusy(found) && minutes > 0) say(`the machine is busy (${useInWords(found)}): waiting up to ${minutes} minutes`);
  while (isBusy(found) && performance.now() + pauseMs < end) {
    await pause(pauseMs);
    found = await use();
  }
  return found;
}

function processorTimes() {
  let line;
  try {
    line = readFileSync('/proc/stat', 'utf8').split('\n')[0];
  } catch {
    const times = cpus().map(({ times: each }) => each);
    const sum = (key) => times.reduce((total, each) => total + each[key], 0);
    const busy = sum('user') + sum('nice') + sum('sys') + sum('irq');
    return { busy, total: busy + sum('idle') };
  }
  const [user, nice, system, idle, waiting, interrupts, soft, steal] = line.split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + interrupts + soft;
  return { busy, steal, total: busy + idle + waiting + steal };
}
