import { cpus } from 'node:os';
import { packageVersion } from '@featuremine/command-line';
import { sourceCommit } from './source-commit';

const version = packageVersion(__filename);

/** The versions that results depend on: this package's and its commit, Node's, and what a command adds (TensorFlow's). */
export function versionsWith(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const commit = sourceCommit();
  return { featuremine: version, ...(commit === undefined ? {} : { commit }), node: process.versions.node, ...added };
}

/** The processor, for a summary whose command names no device. */
export function processorName(): string {
  const processors = cpus();
  return `CPU (${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} threads)`;
}
