import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const OWN_FOLDER = join(__dirname, '..');
const LARGEST_DIFF_BYTES = 64 * 1024 * 1024;

let known: { readonly commit: string | undefined } | undefined;

/**
 * The commit that this toolkit's packages lie in; when their files were changed since, `+` and a hash of the change
 * follow. Undefined where the packages are no part of a git repository (installed ones are not). Asked once a process.
 */
export function sourceCommit(): string | undefined {
  known ??= { commit: findCommit() };
  return known.commit;
}

function findCommit(): string | undefined {
  try {
    git('ls-files', '--error-unmatch', 'package.json'); // Fails inside of someone else's repository.
    const commit = git('rev-parse', '--short=12', 'HEAD').trim();
    const diff = git('diff', 'HEAD', '--', '..');
    return diff === '' ? commit : `${commit}+${createHash('sha256').update(diff).digest('hex').slice(0, 8)}`;
  } catch {
    return undefined;
  }
}

function git(...args: string[]): string {
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  return execFileSync('git', args, { cwd: OWN_FOLDER, encoding: 'utf8', stdio, maxBuffer: LARGEST_DIFF_BYTES });
}
