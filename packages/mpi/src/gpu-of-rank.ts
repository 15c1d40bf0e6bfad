import { existsSync, readdirSync } from 'node:fs';
import { RuntimeError } from '@featuremine/errors';
import { launchOf } from './launch';

type Environment = Record<string, string | undefined>;

/**
 * Gives each rank of a machine one of its GPUs, by setting CUDA_VISIBLE_DEVICES to the one at the local rank's place.
 * CUDA reads it once: this must run before TensorFlow is loaded. Without GPUs, or in a process that was started alone,
 * nothing changes; nor does it where the launcher has given the rank a GPU of its own.
 *
 * @throws RuntimeError when there are more ranks on the machine than GPUs, and where the launcher does not tell which of
 * several GPUs is the rank's
 */
export function assignGpu(env: Environment = process.env, gpuCount: number = countGpus()): void {
  const launch = launchOf(env);
  if (launch === undefined || launch.size === 1) return;
  const { localRank } = launch;
  const given = env['CUDA_VISIBLE_DEVICES'];
  const visible = given === undefined ? Array.from({ length: gpuCount }, (_, gpu) => String(gpu)) : gpusIn(given);
  const isChosenByLauncher = given !== undefined && visible.length === 1 && launch.launcher === 'srun';
  if (visible.length === 0 || isChosenByLauncher) return;
  if (localRank === undefined) {
    if (visible.length === 1) return;
    throw new RuntimeError({
      where: `rank ${launch.rank}`,
      found: `${visible.length} GPUs, and nothing that tells its number on this machine`,
      expected: 'MPI_LOCALRANKID as MPICH’s mpirun sets it, or SLURM_LOCALID of a step of srun',
      fix: 'Start it with MPICH’s mpirun, or give each rank one GPU by CUDA_VISIBLE_DEVICES',
    });
  }
  const own = visible[localRank];
  if (own === undefined) {
    throw new RuntimeError({
      where: `rank ${launch.rank}, number ${localRank + 1} on its machine`,
      found: `${visible.length} GPUs${given === undefined ? '' : ` in CUDA_VISIBLE_DEVICES=${given}`}`,
      expected: 'one for each rank',
      fix: 'Start fewer ranks on each machine (mpirun -ppn), or set CUDA_VISIBLE_DEVICES=-1 to train on processors',
    });
  }
  env['CUDA_VISIBLE_DEVICES'] = own;
}

// As CUDA reads the variable: what follows a negative number is not visible.
function gpusIn(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => name === '' || name.startsWith('-'));
  return end < 0 ? names : names.slice(0, end);
}

// NVIDIA's driver lists its devices here; without the driver there is no GPU to share.
function countGpus(): number {
  const folder = '/proc/driver/nvidia/gpus';
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
