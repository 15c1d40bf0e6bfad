import { createReadStream } from 'node:fs';
import { ReportedElsewhere, UserError, fileErrorOf } from '@featuremine/errors';
import type { CommandContext } from './command';
import { parseLine } from './flag-parser';
import type { Program } from './flag-parser';
import { createLogger } from './logger';
import { resolveOptions } from './resolve-options';
import type { LineStream } from './style';

/** Options of `runCommands`. */
export interface RunCommandsOptions extends Program {
  /** The words behind the program's name. */
  readonly argv: readonly string[];
  /** The default is the process's own stdout. */
  readonly stdout?: LineStream;
  /** The default is the process's own stderr. */
  readonly stderr?: LineStream;
}

/**
 * Runs the command that argv names, and sets the process's exit code.
 *
 * The code, which is also returned, is 0, or what the command returned; 2 after a UserError, whose message alone is
 * printed, and after a file that cannot be read or written; 1 after any other error. With --debug the stack is printed
 * too. Never throws.
 */
export async function runCommands(options: RunCommandsOptions): Promise<number> {
  const stdout = options.stdout ?? process.stdout;
  const stderr = options.stderr ?? process.stderr;
  if (stdout === process.stdout) listenOnce(process.stdout, exitOnClosedPipe);
  if (stderr === process.stderr) listenOnce(process.stderr, goOnInSilence);
  let exitCode: number;
  try {
    exitCode = await runOne(options, stdout, stderr);
  } catch (thrown) {
    const error = fileErrorOf(thrown) ?? thrown;
    exitCode = error instanceof UserError || error instanceof ReportedElsewhere ? error.exitCode : 1;
    if (!(error instanceof ReportedElsewhere)) printError(error, stderr, options);
  }
  if (exitCode !== 0) process.exitCode = exitCode;
  return exitCode;
}

async function runOne(options: RunCommandsOptions, stdout: LineStream, stderr: LineStream): Promise<number> {
  if (options.argv.length === 0) {
    const help = parseLine(options, ['--help'], stderr.columns ?? 100);
    stderr.write('text' in help ? `${help.text}\n` : '');
    return 2;
  }
  const line = parseLine(options, options.argv, stdout.columns ?? 100);
  if ('text' in line) {
    stdout.write(`${line.text}\n`);
    return 0;
  }
  const { command, given, json, debug } = line;
  const commandOptions = resolveOptions(command, options.name, given);
  const result = await command.run(commandOptions, createContext({ json, debug, stdout, stderr }));
  return typeof result === 'number' ? result : 0;
}

function createContext(options: {
  json: boolean;
  debug: boolean;
  stdout: LineStream;
  stderr: LineStream;
}): CommandContext {
  const { json, debug, stdout, stderr } = options;
  let isOutputDone = false;
  const markOutput = (): void => {
    if (isOutputDone) throw new Error('a command outputs one result only');
    isOutputDone = true;
  };
  return {
    json,
    debug,
    log: createLogger({ stream: stderr, isDebug: debug }),
    output(result) {
      markOutput();
      if (json) stdout.write(`${JSON.stringify(result)}\n`);
    },
    async outputFile(path) {
      markOutput();
      if (json) await copyText(path, stdout);
    },
    print(text) {
      if (!json) stdout.write(`${text}\n`);
    },
  };
}

async function copyText(path: string, stdout: LineStream): Promise<void> {
  for await (const text of createReadStream(path, 'utf8')) {
    const isTaken = stdout.write(text as string);
    if (isTaken === false && stdout.once) await new Promise<void>((resolve) => stdout.once!('drain', resolve));
  }
}

function printError(error: unknown, stderr: LineStream, options: RunCommandsOptions): void {
  const log = createLogger({ stream: stderr });
  const isDebug = options.argv.includes('--debug');
  if (error instanceof UserError) {
    log.error(isDebug ? (error.stack ?? error.message) : error.message);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  log.error(`${options.name}: ${message}. This is a fault of the program, not of its input.`);
  if (error instanceof Error && isDebug) stderr.write(`${error.stack}\n`);
  else stderr.write('Run it again with --debug for the stack.\n');
}

function listenOnce(stream: NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void): void {
  if (!stream.listeners('error').includes(onError)) stream.on('error', onError);
}

// A log that nobody reads any more, or whose disk is full, is no reason to lose a training run.
function goOnInSilence(): void {
  // Lines written from now on are dropped.
}

// `voc-eval run … | head -1` closes the pipe early: that is no fault.
function exitOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
