import type { VocAnnotation } from './annotation-types';
import type { Fault } from './fault';

/** Reads one XML file: what can be read of it, and all its faults; never throws for what the file holds. */
export function readAnnotation(file: string): {
  readonly annotation: VocAnnotation;
  readonly faults: readonly Fault[];
} {
  throw new Error(`not written yet ${file}`);
}
