import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The peers' Python. */
export const peersPython = join(__dirname, '../../.peers/venv/bin/python');

/** Whether it is there; says so where it is not. */
export const hasPeers = existsSync(peersPython);
if (!hasPeers) process.stderr.write('skipped: no .peers here; node scripts/peers/setup.mjs makes it\n');
