import { UserError } from './user-error';

/** A file or folder that the system does not let the program read or write. */
export class FileError extends UserError {}

/** What the codes of the operating system mean to a user, and what there is to do. */
const FAULTS: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or choose a folder on another disk'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or choose a folder on another disk'],
  EACCES: ['permission denied', 'Choose a path that you may use, or change its permissions'],
  EPERM: ['permission denied', 'Choose a path that you may use, or change its permissions'],
  EROFS: ['a read-only file system', 'Choose a folder elsewhere'],
  ENOENT: ['there is no such file or folder', 'Check the path'],
  ENOTDIR: ['a part of the path is no folder', 'Check the path'],
  EISDIR: ['it is a folder', 'Name a file'],
  EEXIST: ['there is such a file already', 'Remove it, or choose another path'],
  ENOTEMPTY: ['the folder is not empty', 'Empty it, or choose another path'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n), or use fewer --workers'],
  EIO: ['the disk reports a fault', 'Check the disk'],
};

/** What the system's code of a failed file operation means, for an error of a kind of its own. */
export function fileFaultFound(error: unknown): string {
  const code = (error as Partial<NodeJS.ErrnoException> | null)?.code;
  if (code === undefined) return String(error);
  return Object.hasOwn(FAULTS, code) ? FAULTS[code][0] : `the file system says ${code}`;
}

/**
 * The named form of an error of Node's file functions, of the file `where`, or of the path that the system says;
 * undefined for any other error.
 */
export function fileErrorOf(error: unknown, where?: string): FileError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, path, syscall } = error as Partial<NodeJS.ErrnoException>;
  const fault = code !== undefined && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  if (fault === undefined || syscall === undefined) return undefined;
  const [found, fix] = fault;
  return new FileError({ where: where ?? path ?? `a file (${syscall})`, found, fix }, { cause: error });
}
