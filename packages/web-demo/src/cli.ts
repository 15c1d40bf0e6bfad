import { runCommands } from '@featuremine/command-line';
import { buildCommand } from './commands/build';
import { serveCommand } from './commands/serve';

/** Runs the `web-demo` program; resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({
    name: 'web-demo',
    summary: 'A trained detector in the browser',
    commands: [serveCommand, buildCommand],
    argv,
  });
}
