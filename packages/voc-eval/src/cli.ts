import { packageVersion, runCommands, type RunCommandsOptions, type Program } from '@featuremine/command-line';
import { compareCommand } from './commands/compare';
import { convertCommand } from './commands/convert';
import { runCommand } from './commands/run';
import { validateCommand } from './commands/validate';

/** The `voc-eval` program and its commands. */
export const vocEvalProgram: Program = {
  name: 'voc-eval',
  summary: 'Exact VOC and COCO average precision, with explanations',
  version: packageVersion(__filename),
  commands: [runCommand, validateCommand, convertCommand, compareCommand],
};

/** The `voc-eval` program; resolves to its exit code. Streams are the process's own unless given. */
export function main(
  argv: readonly string[],
  streams: Pick<RunCommandsOptions, 'stdout' | 'stderr'> = {},
): Promise<number> {
  return runCommands({ ...vocEvalProgram, argv, ...streams });
}
