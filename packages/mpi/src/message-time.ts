import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until mpirun has surely passed on what ranks printed: it throws away what it has not, when a job is aborted or a
 * rank ends with a fault.
 */
export function messageTime(): Promise<void> {
  return pause(1000);
}
