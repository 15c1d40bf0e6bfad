import { createRequire } from 'node:module';
import type * as CliProgress from 'cli-progress';
import { formatDuration } from './duration';
import { markActiveProgress } from './active-progress';
import type { LineStream } from './style';

// The bar is loaded when a terminal needs it, so that requiring this package stays quick.
const loadModule = createRequire(__filename);

/** A running progress display. */
export interface Progress {
  /** Sets how much is done, and a short text behind it, such as `loss 0.42`. */
  update(done: number, note?: string): void;
  /** Ends the display. Safe to call twice. */
  stop(): void;
}

/** Options of `startProgress`. */
export interface ProgressOptions {
  /** What is counted, as in `epoch 3/10`. */
  readonly label: string;
  readonly total: number;
  /** Where a resumed work starts; speed and remaining time count from here. */
  readonly start?: number;
  /** The default is stderr. */
  readonly stream?: LineStream;
  /** The time between two lines where the stream is no terminal. */
  readonly intervalMs?: number;
  /** The clock, for tests. */
  readonly now?: () => number;
}

/** Shows progress: a bar with the remaining time on a terminal, else a plain line at intervals. */
export function startProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr;
  return stream.isTTY === true ? startBar(options, stream) : startLines(options, stream);
}

function startLines(options: ProgressOptions, stream: LineStream): Progress {
  const { label, total, start = 0, intervalMs = 10_000, now = () => performance.now() } = options;
  const startMs = now();
  let lastMs = startMs;
  return {
    update(done, note) {
      const elapsedMs = now() - startMs;
      if (now() - lastMs < intervalMs) return;
      lastMs = now();
      stream.write(`${label}: ${done}/${total}${remaining({ start, done, total, elapsedMs })}${suffix(note)}\n`);
    },
    stop: () => undefined,
  };
}

function startBar(options: ProgressOptions, stream: LineStream): Progress {
  const { label, total, start = 0, now = () => performance.now() } = options;
  const { SingleBar } = loadModule('cli-progress') as typeof CliProgress;
  const startMs = now();
  const bar = new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: `${label} [{bar}] {value}/{total}{eta_text}{note}`,
    barCompleteChar: '█',
    barIncompleteChar: '·',
    barsize: 24,
    fps: 5,
    clearOnComplete: true,
    gracefulExit: false,
    forceRedraw: true,
    hideCursor: false,
    linewrap: false,
  });
  markActiveProgress(stream, true);
  bar.start(total, start, { eta_text: '', note: '' });
  return {
    update(done, note) {
      const elapsedMs = now() - startMs;
      bar.update(done, { eta_text: remaining({ start, done, total, elapsedMs }), note: suffix(note) });
    },
    stop() {
      bar.stop();
      markActiveProgress(stream, false);
    },
  };
}

function remaining(state: { start: number; done: number; total: number; elapsedMs: number }): string {
  const advanced = state.done - state.start;
  if (advanced <= 0 || state.done >= state.total) return '';
  return `, ${formatDuration((state.elapsedMs / advanced) * (state.total - state.done))} left`;
}

function suffix(note: string | undefined): string {
  return note === undefined || note === '' ? '' : `, ${note}`;
}
