/** Watches for the wish to stop. */
export interface StopSignals {
  /** The first signal that came, or undefined. */
  readonly reason: 'SIGINT' | 'SIGTERM' | undefined;
  /** Aborts when the first signal comes. */
  readonly signal: AbortSignal;
  /** Gives the signals back to their default. */
  dispose(): void;
}

/** Ctrl-C reaches a whole group of processes, and those that run others pass it on: what comes so soon again is the same. */
const SAME_WISH_MS = 500;

/**
 * Takes SIGINT and SIGTERM as a wish to stop after the step; the second one, half a second later or more, ends the
 * process at once (130, 143 in a shell).
 */
export function watchStopSignals(onFirst: (name: string) => void): StopSignals {
  const controller = new AbortController();
  let reason: StopSignals['reason'];
  let firstMs = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (reason !== undefined) {
      if (performance.now() - firstMs >= SAME_WISH_MS) endAtOnce(name, onSignal);
      return;
    }
    firstMs = performance.now();
    reason = name as 'SIGINT' | 'SIGTERM';
    onFirst(name);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get reason() {
      return reason;
    },
    signal: controller.signal,
    dispose() {
      process.removeListener('SIGINT', onSignal);
      process.removeListener('SIGTERM', onSignal);
    },
  };
}

// process.exit would wait for the step that TensorFlow is running: Node joins its threads. The signal itself does not.
function endAtOnce(name: NodeJS.Signals, onSignal: NodeJS.SignalsListener): void {
  const code = name === 'SIGINT' ? 130 : 143;
  process.emit('exit', code); // Locks are released.
  process.removeListener(name, onSignal);
  process.kill(process.pid, name);
  process.exit(code); // Someone else listens to the signal, or this is process 1 of a container, which it does not end.
}
