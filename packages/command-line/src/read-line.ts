import { parseLine } from './flag-parser';
import type { Program } from './flag-parser';
import { resolveOptions } from './resolve-options';

/** A command line that was understood. */
export interface ReadLine {
  /** The command's name; absent where the line asks for a text, as --help does. */
  readonly command?: string;
  /** What the command would get. */
  readonly options?: unknown;
}

/**
 * Reads a command line as `runCommands` does, config file included, and runs nothing. Checks of documents use it.
 *
 * @throws ConfigError for whatever the command line says that the program would refuse.
 */
export function readLine(program: Program, argv: readonly string[]): ReadLine {
  const line = parseLine(program, argv, 100);
  if ('text' in line) return {};
  return { command: line.command.name, options: resolveOptions(line.command, program.name, line.given) };
}
