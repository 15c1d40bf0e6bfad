import { packageVersion, runCommands, type RunCommandsOptions, type Program } from '@featuremine/command-line';
import { outsideJobs } from '@featuremine/mpi';
import { doctorCommand } from '@featuremine/tensor-graph';
import { compareRunsCommand } from '@featuremine/training';
import { compareCommand } from './commands/compare';
import { evalCommand } from './commands/eval';
import { exportCommand } from './commands/export';
import { packCommand } from './commands/pack';
import { reproduceCommand } from './commands/reproduce';
import { trainCommand } from './commands/train';

const name = 'backbone-pretrain';

/** The `backbone-pretrain` program and its commands. */
export const backbonePretrainProgram: Program = {
  name,
  summary: 'Pretrains classifiers, with Feature Mining, as backbones for detectors',
  version: packageVersion(__filename),
  commands: [
    trainCommand,
    ...outsideJobs(name, [
      evalCommand,
      exportCommand,
      compareCommand,
      compareRunsCommand(name),
      reproduceCommand,
      packCommand,
    ]),
    doctorCommand(name),
  ],
};

/**
 * The program `backbone-pretrain`.
 *
 * @returns the exit code, which is also set for the process: 0, 2 after the user's faults, 1 after ours
 */
export function main(
  argv: readonly string[],
  streams: Pick<RunCommandsOptions, 'stdout' | 'stderr'> = {},
): Promise<number> {
  return runCommands({ ...backbonePretrainProgram, argv, ...streams });
}
