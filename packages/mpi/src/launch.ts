/** What a launcher told this process about the job that it started. */
export interface Launch {
  readonly launcher: 'mpirun' | 'srun' | 'Open MPI';
  readonly rank: number;
  readonly size: number;
  /** The process's number among those on its machine, and how many those are; where the launcher says so. */
  readonly localRank?: number;
  readonly localSize?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the launcher's variables; undefined for a process that was started alone.
 *
 * MPICH's mpirun (Hydra), and srun with a PMI plugin, set PMI_RANK and PMI_SIZE; only srun's tells the local rank in
 * SLURM_LOCALID. Under Hydra, which starts its helpers by srun, Slurm's numbers are those of the helpers. srun without a
 * plugin and Open MPI's mpirun are recognised too, so that their processes do not train beside each other without knowing
 * of it.
 */
export function launchOf(env: Environment): Launch | undefined {
  const read = (
    launcher: Launch['launcher'],
    names: readonly [rank: string, size: string, localRank: string, localSize: string],
  ): Launch | undefined => {
    const [rank, size, localRank, localSize] = names.map((name) => wholeNumber(env[name]));
    if (rank === undefined || size === undefined) return undefined;
    return {
      ...{ launcher, rank, size },
      ...(localRank === undefined ? {} : { localRank }),
      ...(localSize === undefined ? {} : { localSize }),
    };
  };
  const openMpi = read('Open MPI', [
    'OMPI_COMM_WORLD_RANK',
    'OMPI_COMM_WORLD_SIZE',
    'OMPI_COMM_WORLD_LOCAL_RANK',
    'OMPI_COMM_WORLD_LOCAL_SIZE',
  ]);
  const pmi = read('mpirun', ['PMI_RANK', 'PMI_SIZE', 'MPI_LOCALRANKID', 'MPI_LOCALNRANKS']);
  // A batch script has SLURM_PROCID too, but only a step of srun has a number of tasks.
  const slurm = read('srun', ['SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'SLURM_LOCALID', 'SLURM_STEP_TASKS_PER_NODE']);
  const isOfSlurm = pmi?.localRank === undefined && slurm?.rank === pmi?.rank && slurm?.size === pmi?.size;
  return openMpi ?? (isOfSlurm ? slurm : pmi) ?? slurm;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
