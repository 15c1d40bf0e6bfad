import type { RunIdentity } from './checkpoint-state';

/** Keys that change how a run is carried out, but not what comes out of it. */
const HARMLESS_KEYS: ReadonlySet<string> = new Set(
  ['out', 'workers', 'keep', 'checkpointEvery', 'checkpointEverySeconds', 'logEvery'].concat(['cache', 'profile']),
);

/** Keys that say where and how a run is carried out: runs that differ in no other have the same recipe, on the same data. */
export const PLACE_KEYS: ReadonlySet<string> = new Set([
  ...HARMLESS_KEYS,
  'data',
  'threads',
  'xla',
  'resume',
  'dryRun',
]);

/** What is different now from when a checkpoint was written, one line for each difference. */
export function describeChanges(before: RunIdentity, now: RunIdentity): string[] {
  const lines: string[] = [];
  for (const key of keysOf(before.config, now.config)) {
    const [old, current] = [show(before.config[key]), show(now.config[key])];
    if (old !== current && !HARMLESS_KEYS.has(key)) lines.push(`config: ${key} was ${old} and is now ${current}`);
  }
  // A checkpoint of format 1 knows nothing of its data.
  const parts = Object.keys(before.data).length === 0 ? [] : keysOf(before.data, now.data);
  for (const part of parts) {
    const [old, current] = [before.data[part] ?? 'absent', now.data[part] ?? 'absent'];
    if (old !== current) lines.push(`data: ${part} was ${old} and is now ${current}`);
  }
  if (before.stepsPerEpoch !== now.stepsPerEpoch) {
    lines.push(`data: an epoch had ${before.stepsPerEpoch} steps and now has ${now.stepsPerEpoch}`);
  }
  if (before.ranks !== now.ranks) lines.push(`job: it had ${processes(before.ranks)} and now has ${now.ranks}`);
  for (const key of keysOf(before.versions, now.versions)) {
    const [old, current] = [before.versions[key] ?? 'absent', now.versions[key] ?? 'absent'];
    if (old !== current) lines.push(`code: ${key} was ${old} and is now ${current}`);
  }
  return lines;
}

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

function keysOf(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
