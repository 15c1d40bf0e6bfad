import { packageVersion, runCommands } from '@featuremine/command-line';
import type { Program } from '@featuremine/command-line';
import { outsideJobs } from '@featuremine/mpi';
import { doctorCommand } from '@featuremine/tensor-graph';
import { compareRunsCommand } from '@featuremine/training';
import { anchorsCommand } from './commands/anchors';
import { evalCommand } from './commands/eval';
import { exportCommand } from './commands/export';
import { overfitCommand } from './commands/overfit';
import { predictCommand } from './commands/predict';
import { showCommand } from './commands/show';
import { splitCommand } from './commands/split';
import { trainCommand } from './commands/train';
import { validateCommand } from './commands/validate';

const name = 'retinanet';

/** The `retinanet` program and its commands. */
export const retinanetProgram: Program = {
  name,
  summary: 'RetinaNet on VOC or COCO data: train, evaluate, predict, and look at the data before',
  version: packageVersion(__filename),
  commands: [
    trainCommand,
    ...outsideJobs(name, [
      evalCommand,
      predictCommand,
      exportCommand,
      anchorsCommand,
      showCommand,
      overfitCommand,
      splitCommand,
      validateCommand,
      compareRunsCommand(name),
    ]),
    doctorCommand(name),
  ],
};

/** Runs the `retinanet` program; resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({ ...retinanetProgram, argv });
}
