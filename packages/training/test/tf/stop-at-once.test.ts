import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const isBuilt = existsSync(join(__dirname, '../../dist/index.js'));
if (!isBuilt) process.stderr.write('skipped: a second signal during a step of TensorFlow: build first\n');

jest.setTimeout(60_000);

describe('watchStopSignals', () => {
  // process.exit would wait for the thread that runs the step.
  (isBuilt ? it : it.skip)('ends the process at once at the second signal, in the middle of a step', async () => {
    const child = spawn(process.execPath, [join(__dirname, '../support/long-step.js')]);
    let output = '';
    const until = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => (output.includes(text) ? resolve() : void child.stdout.once('data', look));
        look();
      });
    child.stdout.on('data', (part: Buffer) => (output += part.toString()));
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)));
    await until('begun');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGINT');
    await until('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 600)); // Sooner it would be the same wish.
    const startMs = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(performance.now() - startMs).toBeLessThan(5000); // The step takes many times that.
    expect(output).not.toContain('done');
  });
});
