import { runCommands } from '@featuremine/command-line';
import { evalCommand } from './commands/eval';
import { trainCommand } from './commands/train';

/** The program `backbone-pretrain`; sets the process's exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({
    name: 'backbone-pretrain',
    summary: 'Pretrains classifiers, with Feature Mining, as backbones for detectors',
    commands: [trainCommand, evalCommand],
    argv,
  });
}
