// One bench at a time: two would disturb each other's figures, and the later one would write over the other's rows.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { isProcessAlive } from '@featuremine/files';

/** Takes the lock file until this process ends, or from a process that is dead; refuses while another one holds it. */
export function lockBench(path) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(path, 'utf8'));
    if (isProcessAlive(holder)) {
      throw new ConfigError({
        where: 'bench',
        found: `process ${holder} runs a bench here`,
        fix: `Wait for it, or stop it; if it is no bench, remove ${path}`,
      });
    }
    rmSync(path, { force: true });
    return lockBench(path);
  }
  process.on('exit', () => rmSync(path, { force: true }));
}
