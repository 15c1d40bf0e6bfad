import { launchOf } from '../src';

describe('launchOf', () => {
  it('is undefined for a process that was started alone, also inside a Slurm batch script', () => {
    expect(launchOf({})).toBeUndefined();
    expect(launchOf({ SLURM_JOB_ID: '7', SLURM_PROCID: '0', SLURM_NTASKS: '8' })).toBeUndefined();
  });

  it("reads Hydra's variables", () => {
    const env = { PMI_RANK: '3', PMI_SIZE: '8', MPI_LOCALRANKID: '1', MPI_LOCALNRANKS: '2' };
    expect(launchOf(env)).toEqual({ launcher: 'mpirun', rank: 3, size: 8, localRank: 1, localSize: 2 });
  });

  it('reads those of srun and of Open MPI', () => {
    expect(launchOf({ SLURM_PROCID: '2', SLURM_STEP_NUM_TASKS: '4', SLURM_LOCALID: '0' })).toEqual({
      ...{ launcher: 'srun', rank: 2, size: 4, localRank: 0 },
    });
    expect(launchOf({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2', PMI_RANK: '0' })).toEqual({
      ...{ launcher: 'Open MPI', rank: 0, size: 2 },
    });
  });

  it("takes Slurm's local rank under srun with a PMI plugin, and not that of the helper by which Hydra starts a rank", () => {
    const slurm = { SLURM_STEP_NUM_TASKS: '4', SLURM_LOCALID: '1' };
    expect(launchOf({ PMI_RANK: '3', PMI_SIZE: '4', SLURM_PROCID: '3', ...slurm })).toEqual({
      ...{ launcher: 'srun', rank: 3, size: 4, localRank: 1 },
    });
    const hydra = { PMI_RANK: '3', PMI_SIZE: '4', SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_LOCALID: '0' };
    expect(launchOf(hydra)).toEqual({ launcher: 'mpirun', rank: 3, size: 4 });
    expect(launchOf({ ...hydra, MPI_LOCALRANKID: '1' })).toMatchObject({ launcher: 'mpirun', localRank: 1 });
    const batch = { PMI_RANK: '0', PMI_SIZE: '4', SLURM_PROCID: '0', SLURM_LOCALID: '0' };
    expect(launchOf(batch)).toEqual({ launcher: 'mpirun', rank: 0, size: 4 });
  });

  it('does not take words for numbers', () => {
    expect(launchOf({ PMI_RANK: 'x', PMI_SIZE: '2' })).toBeUndefined();
  });
});
