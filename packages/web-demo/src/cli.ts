import { packageVersion, runCommands, type Program } from '@featuremine/command-line';
import { buildCommand } from './commands/build';
import { serveCommand } from './commands/serve';

/** The `web-demo` program and its commands. */
export const webDemoProgram: Program = {
  name: 'web-demo',
  summary: 'A trained detector in the browser',
  version: packageVersion(__filename),
  commands: [serveCommand, buildCommand],
};

/** Runs the `web-demo` program; resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({ ...webDemoProgram, argv });
}
