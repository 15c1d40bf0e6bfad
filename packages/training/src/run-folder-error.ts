import { UserError } from '@featuremine/errors';

/** A run folder that cannot be used: it holds another run, is locked, or cannot be written. */
export class RunFolderError extends UserError {}

/** The named form of a failed file operation in a run folder (disk full, read-only, no such folder, …). */
export function fileFault(where: string, cause: unknown): RunFolderError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const known: Record<string, [found: string, fix: string]> = {
    ENOSPC: ['the disk is full', 'Free some space, then go on with --resume'],
    EDQUOT: ['the disk quota is used up', 'Free some space, then go on with --resume'],
    EACCES: ['permission denied', 'Choose a folder that you may write, or change its permissions'],
    EPERM: ['permission denied', 'Choose a folder that you may write, or change its permissions'],
    EROFS: ['a read-only file system', 'Choose another folder with --out'],
    ENOENT: ['no such file or folder', 'Check the path; something may have removed it during the run'],
    ENOTDIR: ['a part of the path is no folder', 'Check the path'],
  };
  const [found, fix] = known[code] ?? [`the file system says ${code}`, 'Check the disk and the path'];
  return new RunFolderError({ where, found, fix }, { cause });
}
