import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommands } from '@featuremine/command-line';
import { doctorCommand } from '../src/commands/doctor';
import { examine } from '../src/installer/doctor';
import { runtimeState, TENSORFLOW_VERSION } from '../src/installer/runtime-state';

const LIBRARY = 'deps/lib/libtensorflow.so.2';
const ADDON = 'lib/napi-v8/tfjs_binding.node';
const HEADERS = 'deps/include/xla/xla.h';
const RECORD = 'deps/runtime.json';

/** A folder of tfjs-node with these files. */
function folderOf(files: readonly string[], version = TENSORFLOW_VERSION): string {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-node-'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file === RECORD ? JSON.stringify({ version, variant: 'cpu' }) : '');
  }
  return folder;
}

describe('runtimeState', () => {
  it('is complete with library, addon and the record of a finished installation', () => {
    const folder = folderOf([LIBRARY, ADDON, HEADERS, RECORD]);
    expect(runtimeState(folder)).toEqual({ folder, isComplete: true, version: TENSORFLOW_VERSION, variant: 'cpu' });
  });

  it("is complete without a record where the package's own install put it", () => {
    expect(runtimeState(folderOf([LIBRARY, ADDON]))).toMatchObject({ isComplete: true, variant: undefined });
  });

  it.each([
    ['nothing', []],
    ['the library alone', [LIBRARY]],
    ['the addon alone', [ADDON]],
    ['an installation that was not finished', [LIBRARY, ADDON, HEADERS]],
  ])('is incomplete with %s', (_, files) => {
    expect(runtimeState(folderOf(files)).isComplete).toBe(false);
  });

  it('is incomplete with another release than the one that this package is made for', () => {
    expect(runtimeState(folderOf([LIBRARY, ADDON, HEADERS, RECORD], '2.9.1')).isComplete).toBe(false);
  });
});

describe('examine', () => {
  it('names the fix of an incomplete runtime, and loads nothing of it', () => {
    const folder = folderOf([LIBRARY, ADDON, HEADERS]);
    const findings = examine(folder);
    expect(findings.find(({ what }) => what === 'TensorFlow files')).toEqual({
      what: 'TensorFlow files',
      value: `incomplete in ${folder}`,
      fix: expect.stringContaining('npx tensor-graph install') as string,
    });
    expect(findings.map(({ what }) => what)).toEqual(['Node.js', 'TensorFlow files', 'processor', 'memory']);
  });
});

describe('doctorCommand', () => {
  it.each([
    ['a missing', []],
    ['an incomplete', [LIBRARY, ADDON, HEADERS]],
  ])('prints BAD with the fix for %s runtime, and exits with 2', async (_, files) => {
    const folder = folderOf(files);
    const written = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr'): Writable =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          written[name] += chunk.toString();
          done();
        },
      });
    const code = await runCommands({
      ...{ name: 'tensor-graph', summary: '', version: '0', argv: ['doctor'] },
      ...{ commands: [doctorCommand('tensor-graph', folder)], stdout: stream('stdout'), stderr: stream('stderr') },
    });
    process.exitCode = undefined; // the code is the command's, not that of the tests
    expect(code).toBe(2);
    expect(written.stdout).toMatch(/^BAD {2}TensorFlow files +incomplete in .*\n {5}fix: npx tensor-graph install/m);
    expect(written.stderr).toMatch(/doctor: 1 of 4 findings are bad\. npx tensor-graph install/);
  });
});
