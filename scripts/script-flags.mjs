// The flags of a script, read as those of all commands are: --help with defaults, the nearest name for an unknown flag,
// values checked, one line on stderr and exit code 2 for what is wrong. Scripts that run before the build cannot use it.
import { relative } from 'node:path';
import { createLogger, defineCommand, runCommands } from '@featuremine/command-line';
import { UserError, fileErrorOf } from '@featuremine/errors';
import { z } from 'zod';
import { tellDefinition } from './script-definition.mjs';

/**
 * The options of this process's script, by key. `flags` are zod types, each with a default or optional unless it must be
 * given, and described; `words` says which key takes the arguments that are no flags; without `examples`, the script alone is
 * one. --help ends the process, and so does what cannot be read. From then on an error of the user's input ends it in the same
 * way.
 */
export async function scriptFlags({ summary, flags = {}, words, examples }) {
  const schema = z.object(flags);
  tellDefinition({ summary, examples, schema, positional: words });
  let options;
  const script = relative(process.cwd(), process.argv[1]);
  const command = defineCommand({
    ...{ name: script, summary, examples: examples ?? [`node ${script}`], schema, hasJson: false },
    ...(words === undefined ? {} : { positional: words }),
    run: (read) => void (options = read),
  });
  await runCommands({ name: 'node', summary, commands: [command], argv: [script, ...process.argv.slice(2)] });
  if (options === undefined) process.exit();
  process.on('uncaughtException', endWith);
  return options;
}

/** A whole number from `least` on. */
export function wholeNumber(least) {
  return z.number().int().min(least);
}

function endWith(thrown) {
  const error = fileErrorOf(thrown) ?? thrown;
  const isOfInput = error instanceof UserError;
  createLogger({ stream: process.stderr }).error(
    isOfInput && !process.argv.includes('--debug') ? error.message : (error?.stack ?? String(error)),
  );
  process.exit(isOfInput ? error.exitCode : 1);
}
