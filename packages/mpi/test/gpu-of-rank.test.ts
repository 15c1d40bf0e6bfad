import { RuntimeError } from '@featuremine/errors';
import { assignGpu } from '../src';

function visibleTo(
  localRank: number,
  { gpus = 4, ...env }: { gpus?: number; [name: string]: string | number | undefined },
) {
  const ranked: Record<string, string | undefined> = {
    ...{ PMI_RANK: '5', PMI_SIZE: '8', MPI_LOCALRANKID: String(localRank) },
    ...(env as Record<string, string | undefined>),
  };
  assignGpu(ranked, gpus);
  return ranked['CUDA_VISIBLE_DEVICES'];
}

describe('assignGpu', () => {
  it('gives each rank of a machine the GPU at its place', () => {
    expect([0, 1, 3].map((rank) => visibleTo(rank, {}))).toEqual(['0', '1', '3']);
  });

  it('chooses among those that are visible, by whatever name', () => {
    expect(visibleTo(1, { CUDA_VISIBLE_DEVICES: '6,7' })).toBe('7');
    expect(visibleTo(1, { CUDA_VISIBLE_DEVICES: 'GPU-aa, GPU-bb' })).toBe('GPU-bb');
  });

  it('leaves a process alone, one without GPUs, and one whose GPU Slurm has chosen', () => {
    expect(visibleTo(1, { gpus: 0 })).toBeUndefined();
    expect(visibleTo(1, { CUDA_VISIBLE_DEVICES: '-1' })).toBe('-1');
    expect(visibleTo(1, { CUDA_VISIBLE_DEVICES: '' })).toBe('');
    const alone: Record<string, string | undefined> = {};
    assignGpu(alone, 4);
    expect(alone).toEqual({});
    const slurm: Record<string, string | undefined> = {
      ...{ SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '4', SLURM_LOCALID: '1', CUDA_VISIBLE_DEVICES: '3' },
    };
    assignGpu(slurm, 4);
    expect(slurm['CUDA_VISIBLE_DEVICES']).toBe('3');
  });

  it('refuses to guess which of several GPUs is that of a rank whose number on its machine is unknown', () => {
    const env = { PMI_RANK: '1', PMI_SIZE: '2' };
    expect(() => assignGpu({ ...env }, 2)).toThrow(
      /^rank 1: 2 GPUs, and nothing that tells its number on this machine/,
    );
    for (const [gpus, given] of [
      [0, undefined],
      [1, undefined],
      [4, '3'],
    ] as const) {
      const own: Record<string, string | undefined> = { ...env, ...(given && { CUDA_VISIBLE_DEVICES: given }) };
      assignGpu(own, gpus);
      expect(own['CUDA_VISIBLE_DEVICES']).toBe(given);
    }
    const slurm = { ...env, SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_LOCALID: '1' };
    assignGpu(slurm, 2);
    expect(slurm).toMatchObject({ CUDA_VISIBLE_DEVICES: '1' });
  });

  it('refuses more ranks on a machine than GPUs', () => {
    expect(() => visibleTo(2, { gpus: 2 })).toThrow(RuntimeError);
    expect(() => visibleTo(2, { CUDA_VISIBLE_DEVICES: '0,1,-1,3' })).toThrow(
      'rank 5, number 3 on its machine: 2 GPUs in CUDA_VISIBLE_DEVICES=0,1,-1,3, expected one for each rank.',
    );
  });
});
