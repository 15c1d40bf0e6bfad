import { FileError } from './file-error';
import {
  CheckpointError,
  ConfigError,
  DatasetError,
  RuntimeError,
  ShapeError,
  UserError,
  WeightsError,
  type FaultDescription,
} from './user-error';

/** An error on its way between threads or processes: its class by name, its parts if it is the user's fault. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly description?: FaultDescription;
}

const CLASSES = { CheckpointError, ConfigError, DatasetError, FileError, RuntimeError, ShapeError, WeightsError };

/** An error as plain data, for another thread or process. */
export function toPortable(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, ...(error instanceof UserError ? { description: error.description } : {}) };
}

/**
 * The error that `toPortable` took apart: of the same class if that is one of the user's faults, otherwise a plain one
 * that begins with `who`, where it happened.
 */
export function fromPortable({ name, message, stack, description }: PortableError, who: string): Error {
  if (description !== undefined) {
    const errorClass = Object.hasOwn(CLASSES, name) ? CLASSES[name as keyof typeof CLASSES] : UserError;
    return new errorClass(description);
  }
  const error = new Error(`${who}: ${name}: ${message}`);
  if (stack !== undefined) error.stack = `${who}: ${stack}`;
  return error;
}
