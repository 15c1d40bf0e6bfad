// One bench at a time: two would disturb each other's figures, and the later one would write over the other's rows.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { acquireLock } from '@featuremine/files';

/** Takes the lock file until this process ends, or from a process that is dead; refuses while another one holds it. */
export function lockBench(path) {
  mkdirSync(dirname(path), { recursive: true });
  const lock = acquireLock(
    path,
    ({ pid, host, isHere }) =>
      new ConfigError({
        where: 'bench',
        found: `process ${pid}${isHere ? '' : ` on ${host}`} runs a bench here`,
        fix: `Wait for it, or stop it; if it is no bench, remove ${path}`,
      }),
  );
  process.on('exit', () => lock.release());
}
