import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError, UserError, fileErrorOf, fileFaultFound } from '../src';

const folder = mkdtempSync(join(tmpdir(), 'file-error-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('fileErrorOf', () => {
  it.each<[string, () => void, string]>([
    [
      'no folder',
      () => writeFileSync('/dev/null/x', ''),
      '/dev/null/x: a part of the path is no folder. Check the path.',
    ],
    [
      'no file',
      () => readFileSync(join(folder, 'a')),
      `${join(folder, 'a')}: there is no such file or folder. Check the path.`,
    ],
    [
      'a full disk',
      () => writeFileSync('/dev/full', 'x'),
      'a file (write): the disk is full. Free some space, or choose a folder on another disk.',
    ],
    ['a folder', () => writeFileSync(folder, ''), `${folder}: it is a folder. Name a file.`],
  ])('tells the user of %s', (_what, act, message) => {
    const cause = errorOf(act);
    const error = fileErrorOf(cause);
    expect(error).toBeInstanceOf(FileError);
    expect(error).toBeInstanceOf(UserError);
    expect([error!.message, error!.cause]).toEqual([message, cause]);
  });

  it('leaves other errors alone: those of the program, of sockets without a file, and what is no error', () => {
    expect(fileErrorOf(new TypeError('x'))).toBeUndefined();
    expect(fileErrorOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeUndefined();
    expect(fileErrorOf(Object.assign(new Error('x'), { code: 'toString', syscall: 'open' }))).toBeUndefined();
    expect(fileErrorOf({ code: 'ENOSPC' })).toBeUndefined();
    expect(fileErrorOf('ENOSPC')).toBeUndefined();
    expect(fileErrorOf(null)).toBeUndefined();
  });
});

describe('fileFaultFound', () => {
  it('says what the system found, also for a code that has no words of its own, and for no error of the system', () => {
    expect(fileFaultFound(errorOf(() => readFileSync(join(folder, 'a'))))).toBe('there is no such file or folder');
    expect(fileFaultFound(Object.assign(new Error('x'), { code: 'ELOOP' }))).toBe('the file system says ELOOP');
    expect(fileFaultFound(new Error('x'))).toBe('Error: x');
  });
});
