/** The four parts of an error message, in the order in which they are printed. */
export interface FaultDescription {
  /** File, object, key or argument that is at fault. */
  readonly where: string;
  /** What was found there. */
  readonly found: string;
  /** What was expected instead, if `found` does not say it. */
  readonly expected?: string;
  /** What the user can do about it: one or more sentences; the last full stop may be left out. */
  readonly fix: string;
}

/**
 * A fault of the user's input, not of this program: commands print its message without a stack and exit with code 2.
 *
 * The message reads `where: found, expected …. Fix.`, or ends with the question that `fix` asks.
 */
export class UserError extends Error {
  readonly exitCode: number = 2;
  readonly description: FaultDescription;

  constructor(description: FaultDescription, options?: ErrorOptions) {
    const { where, found, expected, fix } = description;
    const end = /[.?]$/.test(fix) ? '' : '.';
    super(`${where}: ${found}${expected === undefined ? '' : `, expected ${expected}`}. ${fix}${end}`, options);
    this.name = new.target.name;
    this.description = description;
  }
}

/** A data set, image or annotation that cannot be used as it is. */
export class DatasetError extends UserError {}
/** A flag, recipe or config key that is unknown, misplaced or out of range. */
export class ConfigError extends UserError {}
/** A weights file that is damaged, or does not fit the network. */
export class WeightsError extends UserError {}
/** A tensor or an image whose shape does not fit. */
export class ShapeError extends UserError {}
/** A checkpoint that is damaged, or belongs to another run. */
export class CheckpointError extends UserError {}
/** A TensorFlow runtime (or other native library) that is missing or does not load. */
export class RuntimeError extends UserError {}
