import { CommandFailure, type Logger } from '@featuremine/command-line';
import { UserError, fileErrorOf } from '@featuremine/errors';

/** Does one thing after another: what fails is told, so that the next can be begun. */
export class Attempts {
  /** Messages by name. */
  readonly failures: Record<string, string> = {};
  /** 130 or 143 when the user interrupted it. */
  interruptedBy: number | undefined;

  constructor(private readonly log: Logger) {}

  /** The result of `act`; undefined when it failed for a reason that its user can mend, or was interrupted. */
  async run<T>(name: string, act: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (thrown) {
      const error = fileErrorOf(thrown) ?? thrown;
      if (isInterrupt(error)) {
        this.interruptedBy = error.exitCode;
        return undefined;
      }
      if (!(error instanceof CommandFailure) && !(error instanceof UserError)) throw error;
      this.failures[name] = error.message;
      this.log.error(`${name}: ${error.message}`);
      return undefined;
    }
  }
}

/** Whether a command ended since it was told to stop. */
export function isInterrupt(error: unknown): error is CommandFailure {
  return error instanceof CommandFailure && (error.exitCode === 130 || error.exitCode === 143);
}
