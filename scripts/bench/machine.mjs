// What the figures were measured on.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** Processor, cores, memory, system, Node version, commit and date. */
export function machine() {
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    commit: git.status === 0 ? git.stdout.trim() : 'unknown',
    date: new Date().toISOString().slice(0, 10),
  };
}
