import { fstatSync } from 'node:fs';
import { RuntimeError } from '@featuremine/errors';
import { singleProcess, type Collective } from './collective';
import { launchOf, type Launch } from './launch';
import { MpiCollective } from './mpi-collective';
import { loadMpi } from './mpi-library';

/** A job that this process is part of. */
export interface Job {
  readonly collective: Collective;
  /** Every rank calls it at the end. */
  leave(): Promise<void>;
  /** Ends all ranks at once; does nothing in a job of one. */
  abort(exitCode: number): void;
}

/**
 * Joins the job that an MPI launcher has started this process for; a process that was started alone, or as the only one,
 * is a job of its own and does not need MPI.
 *
 * @throws RuntimeError when MPICH is missing, or when it does not see the processes that the launcher started
 */
export function joinJob(env: Readonly<Record<string, string | undefined>> = process.env): Job {
  const launch = launchOf(env);
  if (launch === undefined || launch.size === 1) {
    return { collective: singleProcess, leave: () => Promise.resolve(), abort: () => undefined };
  }
  requireConnection(launch, env['PMI_FD']);
  const collective = MpiCollective.start(loadMpi());
  if (collective.size !== launch.size) throw disagreement(launch, `MPI sees ${collective.size}`);
  return { collective, leave: () => collective.leave(), abort: (exitCode) => collective.abort(exitCode) };
}

// Hydra talks to its processes over a socket that they inherit. Without it MPI_Init ends the process with pages of its own.
function requireConnection(launch: Launch, descriptor: string | undefined): void {
  if (descriptor === undefined) return;
  try {
    if (fstatSync(Number(descriptor)).isSocket()) return;
  } catch {
    // Closed: named below.
  }
  throw disagreement(launch, `its connection to them, descriptor ${descriptor}, was lost on the way`);
}

function disagreement({ launcher, size }: Launch, found: string): RuntimeError {
  const fixes = {
    mpirun:
      'Start node itself under mpirun, as in `mpirun -np 2 node_modules/.bin/retinanet train …`: npx and npm lose what ' +
      'a process inherits',
    srun: 'Start it with MPICH’s mpirun inside the allocation, or with `srun --mpi=pmi2` and an MPICH that was built for it',
    'Open MPI': 'Use the mpirun of MPICH (`apt-get install mpich`, or `pip install mpich`)',
  };
  return new RuntimeError({
    where: 'MPI',
    found: `${launcher} started ${size} processes, but ${found}`,
    expected: 'a job of all of them',
    fix: fixes[launcher],
  });
}
