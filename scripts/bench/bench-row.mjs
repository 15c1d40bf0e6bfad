// A row from waiting for an idle machine to its place among the results.
import { isBusy, useInWords, waitForIdle } from './idle.mjs';
import { measureRow } from './measure-row.mjs';
import { hasFailed } from './merge-rule.mjs';
import { tableOf } from './summary.mjs';
import { UnfinishedRow } from './unfinished-row.mjs';

/**
 * Measures a row and puts it into `files` (ResultFiles), where the merge rule allows it; `parts` are the row, its
 * contenders and settings, as `measureRow` takes them. Runs are kept in `runsFolder` until the row is whole: they are gone
 * on from on the same commit and machine, with the same settings. A failure makes the exit code 1.
 *
 * @param wait `minutes` to wait at most, and what `waitForIdle` takes
 */
export async function benchRow({ parts, measuredOn, files, runsFolder, wait, isForced = false, say }) {
  const look = await waitForIdle({ ...wait, say });
  const contenders = Object.keys(parts.contenders);
  // Two trees with changes may be two programs.
  const tree = measuredOn.hasLocalChanges ? process.pid : undefined;
  const key = { measuredOn: { ...measuredOn, date: undefined }, settings: parts.settings, contenders, tree };
  const unfinished = new UnfinishedRow({
    ...{ folder: runsFolder, name: parts.row.name, key },
    ...{ contenders, machineBefore: look },
  });
  const { machineBefore } = unfinished;
  if (isBusy(machineBefore)) say(`the machine is busy (${useInWords(machineBefore)}): ratios are rough, times void`);
  const summary = { ...(await measureRow({ ...parts, unfinished, say })), machineBefore, machine: measuredOn };
  showRow(summary);
  const reason = files.merge(summary, isForced);
  if (reason !== undefined) say(`${summary.name}: these figures are not kept: ${reason}`);
  if (!hasFailed(summary)) unfinished.remove();
}

/** Prints a row's table; one that failed makes the exit code 1. */
export function showRow(summary) {
  process.stdout.write(tableOf([summary]));
  if (hasFailed(summary)) process.exitCode = 1;
}
