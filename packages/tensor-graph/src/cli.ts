import { packageVersion, runCommands, type Program } from '@featuremine/command-line';
import { doctorCommand } from './commands/doctor';
import { installCommand } from './commands/install';

/** The `tensor-graph` program and its commands. */
export const tensorGraphProgram: Program = {
  name: 'tensor-graph',
  summary: 'The TensorFlow runtime of this toolkit',
  version: packageVersion(__filename),
  commands: [installCommand, doctorCommand('tensor-graph')],
};

/** The `tensor-graph` program; resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({ ...tensorGraphProgram, argv });
}
