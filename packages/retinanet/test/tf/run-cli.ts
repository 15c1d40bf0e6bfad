import { runCommands } from '@featuremine/command-line';
import { retinanetProgram } from '../../src/cli';

/** What a command line left behind. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `retinanet …` in this process, with its output caught. */
export async function runCli(...argv: string[]): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string): boolean => {
      written[name] += text;
      return true;
    },
  });
  const exitCode = await runCommands({ ...retinanetProgram, argv, stdout: stream('stdout'), stderr: stream('stderr') });
  process.exitCode = undefined; // the code is the command's, not that of the tests
  return { exitCode, ...written };
}
