import type { z } from 'zod';
import type { Logger } from './logger';

/** What a command may use besides its options. */
export interface CommandContext {
  /** True with --json: stdout carries exactly one JSON object, the one given to `output`. */
  readonly json: boolean;
  /** True with --debug. */
  readonly debug: boolean;
  /** Lines for people, on stderr. */
  readonly log: Logger;
  /** Writes the result as one JSON object with --json, and nothing without. A second call is a program error. */
  output(result: object): void;
  /** `output` of an object that a file holds as JSON, which may be larger than the memory. */
  outputFile(path: string): Promise<void>;
  /** Writes text and a line end to stdout without --json, and nothing with it. */
  print(text: string): void;
}

/** The arguments of a command that are no flags, such as the images of `predict IMAGE…`. */
export interface PositionalDefinition {
  /** The key of the schema that takes them: a string, or an array of strings with `isArray`. */
  readonly key: string;
  readonly describe: string;
  readonly isArray?: boolean;
}

/** A command as its package writes it; `defineCommand` checks that `run` fits `schema`. */
export interface CommandDefinition<Schema extends z.ZodObject> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Whole command lines, printed under the flags by --help. */
  readonly examples: readonly string[];
  /**
   * The options: camelCase keys, each with a default or `.optional()` unless it is required, and a `.describe()` text.
   * A key's flag is its kebab-case form. Messages of `.refine()` and `.regex()` say what is expected ("a size, N or WxH").
   */
  readonly schema: Schema;
  readonly positional?: PositionalDefinition;
  /** True adds `--config FILE.json` and `--set key=value`. */
  readonly hasConfig?: boolean;
  /** False leaves `--json` out, for what has no result. */
  readonly hasJson?: boolean;
  /** Does the work. A returned number is the exit code (130 after SIGINT); nothing means 0. */
  run(options: z.output<Schema>, context: CommandContext): Promise<number | void> | number | void;
}

/** A command whose options type is forgotten, as `runCommands` takes it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly schema: z.ZodObject;
  readonly positional?: PositionalDefinition;
  readonly hasConfig: boolean;
  readonly hasJson: boolean;
  run(options: unknown, context: CommandContext): Promise<number | void> | number | void;
}

/** Makes a command of a schema and a function over the schema's output. */
export function defineCommand<Schema extends z.ZodObject>(definition: CommandDefinition<Schema>): Command {
  const { positional, schema } = definition;
  if (positional && !Object.hasOwn(schema.shape, positional.key)) {
    throw new Error(`command ${definition.name}: its schema has no key "${positional.key}" for its arguments`);
  }
  return {
    ...definition,
    hasConfig: definition.hasConfig ?? false,
    hasJson: definition.hasJson ?? true,
    run: (options, context) => definition.run(options as z.output<Schema>, context),
  };
}
