import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { reservePool } from '../../src/pool-memory';

const MB = 2 ** 20;
const isLinux = process.platform === 'linux';

/** Megabytes that the process may use, and those that it has written. */
function memory(): { promised: number; resident: number } {
  const [promised, resident] = readFileSync('/proc/self/statm', 'utf8').split(' ').map(Number);
  return { promised: promised / 256, resident: resident / 256 };
}

(isLinux ? describe : describe.skip)('reservePool', () => {
  it('reserves one piece without writing to it, once', () => {
    reservePool(16 * MB);
    const before = memory();
    reservePool(1500 * MB);
    const first = memory();
    expect(first.promised - before.promised).toBeGreaterThan(1500);
    // The pool's lists, a part in 32.
    expect(first.resident - before.resident).toBeLessThan(100);
    reservePool(1500 * MB);
    expect(memory().promised - first.promised).toBeLessThan(100);
  });

  it('leaves out what is more than half of the memory', () => {
    const before = memory();
    reservePool(totalmem() / 2 + MB);
    expect(memory().promised - before.promised).toBeLessThan(100);
  });
});
