import { styleOf } from './style';
import type { LineStream } from './style';
import { clearActiveProgress } from './active-progress';

/** Lines for people. Commands log to stderr, so that stdout carries results only. */
export interface Logger {
  info(text: string): void;
  /** A fault that does not stop the command; the line begins with `warning:`. */
  warn(text: string): void;
  /** The line begins with `error:`. */
  error(text: string): void;
  /** Printed with --debug only. */
  debug(text: string): void;
  /** Where the lines go; progress is shown there too. Absent: nowhere. */
  readonly stream?: LineStream;
}

/** Options of `createLogger`. */
export interface LoggerOptions {
  readonly stream: LineStream;
  readonly isDebug?: boolean;
}

/** A logger that writes plain lines to a stream, coloured on a terminal unless NO_COLOR is set. */
export function createLogger({ stream, isDebug = false }: LoggerOptions): Logger {
  const style = styleOf(stream);
  const write = (line: string): void => {
    clearActiveProgress(stream);
    stream.write(`${line}\n`);
  };
  return {
    stream,
    info: write,
    warn: (text) => write(`${style.yellow('warning:')} ${text}`),
    error: (text) => write(`${style.red('error:')} ${text}`),
    debug: (text) => {
      if (isDebug) write(style.dim(text));
    },
  };
}

/** A logger that says nothing, for tests and for calls from other programs. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};
