import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { UserError } from '@featuremine/errors';
import {
  RunFolderError,
  listCheckpoints,
  loadLastCheckpoint,
  readCheckpoint,
  readRunConfig,
  saveCheckpoint,
} from '../src';
import type { Checkpoint } from '../src';
import { makeLinearTask } from './support/linear-task';
import { keepingLogger, temporaryFolder, trainIn } from './support/run-files';

const numRuns = process.env['FEATUREMINE_LONG'] === '1' ? 20_000 : 500;

async function makeCheckpoint(): Promise<string> {
  const path = temporaryFolder();
  await trainIn(path, makeLinearTask(), { epochs: 1, keep: 1 });
  const folder = join(path, 'checkpoint');
  return join(folder, listCheckpoints(folder)[0]);
}

describe('readCheckpoint', () => {
  it('finds each change of its bytes, or is not changed by it', async () => {
    const path = await makeCheckpoint();
    const sound = readCheckpoint(path);
    const kept = temporaryFolder();
    cpSync(path, kept, { recursive: true });
    const change = fc.record({
      file: fc.constantFrom('state.json', 'variables.safetensors'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      insert: fc.uint8Array({ maxLength: 4 }),
      remove: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        cpSync(kept, path, { recursive: true });
        for (const { file, at, insert, remove } of changes) {
          const bytes = readFileSync(join(path, file));
          const start = Math.floor(at * bytes.length);
          const parts = [bytes.subarray(0, start), insert, bytes.subarray(start + remove)];
          writeFileSync(join(path, file), Buffer.concat(parts));
        }
        let read: Checkpoint;
        try {
          read = readCheckpoint(path);
        } catch (error) {
          return error instanceof UserError;
        }
        expect(read.state).toEqual(sound.state);
        expect([...read.variables].sort()).toEqual([...sound.variables].sort());
        return true;
      }),
      { numRuns, seed: 12 },
    );
  });

  it('reads no state that is absurdly large or deep', async () => {
    const path = await makeCheckpoint();
    writeFileSync(join(path, 'state.json'), '['.repeat(100_000));
    expect(() => readCheckpoint(path)).toThrow(UserError);
    writeFileSync(join(path, 'state.json'), ' '.repeat(17 * 1024 * 1024));
    expect(() => readCheckpoint(path)).toThrow('17825792 bytes, expected at most 16777216');
  });
});

describe('saveCheckpoint', () => {
  it('names the fault when it cannot write, and leaves what was there', async () => {
    const path = await makeCheckpoint();
    const checkpoint = readCheckpoint(path);
    const later = { ...checkpoint, state: { ...checkpoint.state, step: 99 } };
    const folder = join(path, '..');
    // A file where the new folder is to be made.
    const blocked = join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    expect(() => saveCheckpoint(blocked, later, 2)).toThrow(RunFolderError);
    saveCheckpoint(folder, later, 2);
    expect(listCheckpoints(folder).map((name) => name.slice(0, 13))).toEqual(['step-00000099', 'step-00000010']);
  });

  it('replaces a damaged checkpoint of the same step, and leaves a sound one', async () => {
    const path = await makeCheckpoint();
    const checkpoint = readCheckpoint(path);
    writeFileSync(join(path, 'state.json'), '{');
    saveCheckpoint(join(path, '..'), checkpoint, 2);
    expect(readCheckpoint(path).state).toEqual(checkpoint.state);
    const before = readFileSync(join(path, 'state.json'));
    saveCheckpoint(join(path, '..'), { ...checkpoint, state: { ...checkpoint.state, seconds: 1e6 } }, 2);
    expect(readFileSync(join(path, 'state.json'))).toEqual(before);
  });
});

describe('loadLastCheckpoint', () => {
  it('does not wait for a pipe in place of a state, nor does readRunConfig for one in place of config.json', async () => {
    const path = await makeCheckpoint();
    rmSync(join(path, 'state.json'));
    execFileSync('mkfifo', [join(path, 'state.json')]);
    expect(() => readCheckpoint(path)).toThrow(/state\.json that cannot be read \(.*a pipe or a device/);
    const run = temporaryFolder();
    execFileSync('mkfifo', [join(run, 'config.json')]);
    expect(() => readRunConfig(run)).toThrow(/config\.json: a pipe or a device, expected a file/);
  });

  it('gives the highest step, and looks at no other names', async () => {
    const path = await makeCheckpoint();
    const folder = join(path, '..');
    const checkpoint = readCheckpoint(path);
    for (const step of [9, 20, 100]) {
      saveCheckpoint(folder, { ...checkpoint, state: { ...checkpoint.state, step } }, 10);
    }
    mkdirSync(join(folder, 'step-00000999-epoch-0001.77.tmp'));
    mkdirSync(join(folder, 'other'));
    expect(loadLastCheckpoint(folder, keepingLogger())!.state.step).toBe(100);
    rmSync(folder, { recursive: true });
    expect(loadLastCheckpoint(folder, keepingLogger())).toBeUndefined();
  });
});

describe('train in a folder that goes away', () => {
  it('ends with a named error', async () => {
    const path = temporaryFolder();
    let steps = 0;
    const beforeStep = (): void => {
      if (++steps === 5) rmSync(path, { recursive: true });
    };
    await expect(trainIn(path, makeLinearTask({ hooks: { beforeStep } }))).rejects.toThrow(UserError);
  });
});
