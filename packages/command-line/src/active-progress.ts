import type { LineStream } from './style';

const active = new Set<LineStream>();

/** Notes that a progress bar owns the last line of a terminal, or no longer does. */
export function markActiveProgress(stream: LineStream, isActive: boolean): void {
  if (isActive) active.add(stream);
  else active.delete(stream);
}

/** Wipes a progress bar from the last line, so that another line can be written; the bar redraws itself. */
export function clearActiveProgress(stream: LineStream): void {
  if (active.has(stream)) stream.write('\r\u001b[K');
}
