import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '../src';
import type { LockHolder } from '../src';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'process-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const heldBy = ({ pid, host, isHere }: LockHolder): Error => new Error(`held by ${pid} on ${isHere ? 'this' : host}`);

describe('acquireLock', () => {
  it('refuses while a living process has it, in the words of its caller, and leaves nothing behind', () => {
    const path = join(folder, 'lock');
    const lock = acquireLock(path, heldBy);
    expect(lock.wasTakenOver).toBe(false);
    expect(() => acquireLock(path, heldBy)).toThrow(`held by ${process.pid} on this`);
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: '' }));
    expect(() => acquireLock(path, heldBy)).toThrow('held by 1 on elsewhere');
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('takes over what a dead process left, or half a file, and says so', () => {
    const path = join(folder, 'lock');
    acquireLock(path, heldBy);
    const own = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    for (const left of [JSON.stringify({ ...own, startedAt: 'of another boot' }), '{"pid":', '']) {
      writeFileSync(path, left);
      const lock = acquireLock(path, heldBy);
      expect(lock.wasTakenOver).toBe(true);
      lock.release();
      lock.release();
      expect(existsSync(path)).toBe(false);
    }
  });

  it('releases only its own lock', () => {
    const path = join(folder, 'lock');
    const lock = acquireLock(path, heldBy);
    writeFileSync(path, 'of another process');
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe('of another process');
  });

  it('passes on what the system says', () => {
    expect(() => acquireLock(join(folder, 'none', 'lock'), heldBy)).toThrow('ENOENT');
  });
});
