import type { AssembleClassification } from './assemble-classification';
import type { AssembleDetection } from './assemble-detection';
import type { PortableError } from '@featuremine/errors';

/** A piece of work for a data worker: one batch. */
export type Task = AssembleClassification | AssembleDetection;

/** Shared data sets and caches that tasks name by id; a worker receives each once. */
export interface SharedItem {
  readonly id: number;
  readonly value: unknown;
}

/** What the main thread sends to a worker. */
export type ToWorker =
  | { readonly kind: 'share'; readonly item: SharedItem }
  | { readonly kind: 'run'; readonly ticket: number; readonly task: Task };

/** What a worker sends back. */
export type FromWorker =
  { readonly ticket: number; readonly result: unknown } | { readonly ticket: number; readonly error: PortableError };
