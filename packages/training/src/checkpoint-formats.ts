/** The format that is written; all from 1 on are read. */
export const CHECKPOINT_FORMAT = 2;

/**
 * The state of a checkpoint of any format, in the form of the newest one.
 *
 * Format 1 knew the data by one hash that covered labels only: it says nothing about the parts that format 2 names, so
 * that nothing is compared.
 */
export function upgradeState(format: number, state: unknown): unknown {
  if (format !== 1 || typeof state !== 'object' || state === null) return state;
  return { ...state, bestStep: null, data: {} };
}
