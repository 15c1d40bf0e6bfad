import { spawn } from 'node:child_process';

const STOPS = ['SIGINT', 'SIGTERM'] as const;

/** A command of this toolkit, run in a process of its own. */
export interface CommandRun {
  /** Path of the bin's JavaScript file. */
  readonly bin: string;
  readonly argv: readonly string[];
}

/** A command that ended with another exit code than 0; its own message is already on stderr. */
export class CommandFailure extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number,
  ) {
    super(`${command} ended with exit code ${exitCode}`);
    this.name = 'CommandFailure';
  }
}

/**
 * Runs a command with --json and returns the object that it prints. Its logs and progress go to this process's stderr;
 * SIGINT and SIGTERM are passed on, and waited for, so that the command can save its checkpoint.
 *
 * @throws CommandFailure when it ends with another exit code than 0.
 */
export async function runCommand({ bin, argv }: CommandRun): Promise<unknown> {
  const child = spawn(process.execPath, [bin, ...argv, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of STOPS) process.on(signal, passOn);
  try {
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? endedBy(signal)));
    });
    if (exitCode !== 0) throw new CommandFailure(`${commandName(bin)} ${argv[0] ?? ''}`.trim(), exitCode);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } finally {
    for (const signal of STOPS) process.off(signal, passOn);
  }
}

/** The command as a user would type it, for logs. */
export function commandLine({ bin, argv }: CommandRun): string {
  return [commandName(bin), ...argv.map((word) => (/^[\w./,:@=+-]+$/.test(word) ? word : `'${word}'`))].join(' ');
}

function endedBy(signal: NodeJS.Signals | null): number {
  return signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1;
}

function commandName(bin: string): string {
  return bin.replace(/^.*[\\/]/, '').replace(/\.js$/, '');
}
