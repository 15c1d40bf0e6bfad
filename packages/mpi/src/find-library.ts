import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The names of MPICH's library: as MPICH and its wheel call it, and as Debian does. */
const names = ['libmpi.so.12', 'libmpich.so.12'];

/**
 * Where MPICH's library may be, the best place first: FEATUREMINE_MPI_LIBRARY; beside the launcher that started this
 * process, or the mpirun on the PATH (a virtual environment, conda, an own build); then by name, for the system's loader.
 */
export function libraryCandidates(env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const chosen = env['FEATUREMINE_MPI_LIBRARY'];
  if (chosen !== undefined) return [chosen];
  const launchers = [launcherOfThisProcess(), mpirunOn(env['PATH'] ?? '')];
  const beside = launchers.flatMap((launcher) =>
    launcher === undefined ? [] : names.map((name) => join(dirname(dirname(launcher)), 'lib', name)),
  );
  return [...new Set(beside.filter((path) => existsSync(path))), ...[...names].reverse()];
}

// Under Hydra the parent is its proxy, which lies beside mpirun.
function launcherOfThisProcess(): string | undefined {
  try {
    return readlinkSync(`/proc/${process.ppid}/exe`);
  } catch {
    return undefined; // Not Linux, or a parent that may not be looked at.
  }
}

function mpirunOn(path: string): string | undefined {
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, 'mpirun'))
    .find((file) => existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
