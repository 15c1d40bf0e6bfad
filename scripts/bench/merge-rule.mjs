// When a row that is measured again takes the place of the figures that are there.
import { isBusy } from './idle.mjs';

/** Why `row` must not replace `old`; undefined if it may. `isForced` overrides all but a failure. */
export function reasonAgainst(row, old, isForced) {
  if (old === undefined) return undefined;
  if (hasFailed(row)) return 'a contender failed';
  if (isForced || hasFailed(old)) return undefined;
  if (isBusy(row.machineBefore) && !isBusy(old.machineBefore)) {
    return 'the machine was busy, and those that are there were measured on an idle one (--force replaces them)';
  }
  const [now, then] = [row, old].map(({ settings }) => settings.repetitions);
  if (now < then) return `they are of ${now} runs, those that are there of ${then} (--force replaces them)`;
  return undefined;
}

/** Whether a part of a row's summary is an error instead of figures; a further mode of a peer may fail. */
export function hasFailed({ contenders, paired, modes = [] }) {
  const isMode = (name) => modes.some((mode) => mode.name === name);
  const names = Object.keys(contenders).filter((name) => !isMode(name));
  return [...names.map((name) => contenders[name]), paired].some((part) => part?.error !== undefined);
}
