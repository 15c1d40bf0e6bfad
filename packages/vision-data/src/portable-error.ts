import {
  CheckpointError,
  ConfigError,
  DatasetError,
  RuntimeError,
  ShapeError,
  UserError,
  WeightsError,
} from '@featuremine/errors';
import type { FaultDescription } from '@featuremine/errors';

/** An error on its way between threads: its class by name, its parts if it is the user's fault. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly description: FaultDescription | undefined;
}

const classes = { CheckpointError, ConfigError, DatasetError, RuntimeError, ShapeError, WeightsError };

/** An error as plain data, for the way from a thread to the main one. */
export function toPortable(error: unknown): PortableError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, description: undefined };
  }
  const description = error instanceof UserError ? error.description : undefined;
  return { name: error.name, message: error.message, stack: error.stack, description };
}

/** The error that `toPortable` took apart: of the same class if that is one of the user's faults. */
export function fromPortable(portable: PortableError): Error {
  const { name, message, stack, description } = portable;
  if (description !== undefined) {
    const errorClass = Object.hasOwn(classes, name) ? classes[name as keyof typeof classes] : UserError;
    return new errorClass(description);
  }
  const error = new Error(`a data worker failed: ${name}: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
