import { DatasetError } from '@featuremine/errors';
import { countFaults, faultPlace, isBoxFault, isClippable } from './fault';
import type { Fault } from './fault';
import { writeTextFile } from './write-text-file';

const SHOWN = 20;

/**
 * One error for all these faults: the first 20, their number by kind, and the full list in a file when one is named.
 * Where all are faults of boxes, it also names the policy that would let them pass.
 *
 * @param where what was read: `VOCdevkit, 2007/trainval`
 * @param faultFile gets one line a fault
 */
export function faultError(where: string, faults: readonly Fault[], faultFile?: string): DatasetError {
  const [first] = faults;
  if (first !== undefined && faults.length === 1) {
    const [found, fix] = splitMessage(first.message);
    return new DatasetError({ where: faultPlace(first), found, fix: `${fix}${otherPolicy(faults)}` });
  }
  const lines = faults.slice(0, SHOWN).map((fault) => `  ${faultPlace(fault)}: ${fault.message}`);
  if (faults.length > SHOWN) lines.push(`  and ${faults.length - SHOWN} more`);
  if (faultFile !== undefined)
    writeFaultFile(
      faultFile,
      faults.map((fault) => `${faultPlace(fault)}: ${fault.message}`),
    );
  const counts = [...countFaults(faults)].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return new DatasetError({
    where,
    found: `${faults.length} faults\n${lines.join('\n')}\n${counts}`,
    fix:
      (faultFile === undefined ? 'Fix what is named above' : `All of them are listed in ${faultFile}: fix them`) +
      otherPolicy(faults),
  });
}

/** Writes a line for each fault into the file, whose folder is made where it is missing. */
export function writeFaultFile(path: string, lines: readonly string[]): void {
  writeTextFile(path, lines.map((line) => `${line}\n`).join(''));
}

/** `Found. Do this.` as found and fix, each without its full stop. */
function splitMessage(message: string): [string, string] {
  const at = message.indexOf('. ');
  const found = at < 0 ? message.replace(/\.$/, '') : message.slice(0, at);
  return [found, at < 0 ? 'Fix it' : message.slice(at + 2).replace(/\.$/, '')];
}

/** The policy that the readers' programs offer for these faults; nothing when no policy lets all of them pass. */
function otherPolicy(faults: readonly Fault[]): string {
  if (!faults.every(({ kind }) => isBoxFault(kind))) return '';
  return `, or pass --on-bad-box=${faults.every(({ kind }) => isClippable(kind)) ? 'clip' : 'skip'}`;
}
