import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, runCommand } from '../src/run-command';

const folder = mkdtempSync(join(tmpdir(), 'run-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bin = join(folder, 'waits.js');
writeFileSync(
  bin,
  `for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(name, () => process.exit(code));
setInterval(() => {}, 1000);
require('node:fs').writeFileSync(process.argv[2], '');
`,
);

describe('runCommand', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('passes %s on, and waits for the command', async (signal, code) => {
    const ready = join(folder, signal);
    const failure = runCommand({ bin, argv: [ready] }).catch((error: unknown) => error);
    while (!existsSync(ready)) await new Promise((resolve) => setTimeout(resolve, 20));
    process.emit(signal, signal);
    const error = await failure;
    expect(error).toBeInstanceOf(CommandFailure);
    expect((error as CommandFailure).exitCode).toBe(code);
    expect(process.listenerCount(signal)).toBe(0);
  });
});
