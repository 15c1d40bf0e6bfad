import { UserError, fileFaultFound } from '@featuremine/errors';

/** A run folder that cannot be used: it holds another run, is locked, or cannot be written. */
export class RunFolderError extends UserError {}

const FIXES: Readonly<Partial<Record<string, string>>> = {
  ENOSPC: 'Free some space, then go on with --resume',
  EDQUOT: 'Free some space, then go on with --resume',
  EACCES: 'Choose a folder that you may write, or change its permissions',
  EPERM: 'Choose a folder that you may write, or change its permissions',
  EROFS: 'Choose another folder with --out',
  ENOENT: 'Check the path; something may have removed it during the run',
  ENOTDIR: 'Check the path',
};

/** The named form of a failed file operation in a run folder (disk full, read-only, no such folder, …). */
export function fileFault(where: string, cause: unknown): RunFolderError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const fix = FIXES[code] ?? 'Check the disk and the path';
  return new RunFolderError({ where, found: fileFaultFound(cause), fix }, { cause });
}
