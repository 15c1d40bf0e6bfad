import { defineCommand, runCommands } from '@featuremine/command-line';
import { z } from 'zod';
import { outsideJobs } from '../src/outside-jobs';

async function ran(env: Readonly<Record<string, string>>): Promise<{ code: number; stderr: string; runs: number }> {
  let [runs, stderr] = [0, ''];
  const look = defineCommand({ name: 'look', summary: '', examples: [], schema: z.object({}), run: () => void runs++ });
  const commands = outsideJobs('tool', [look], env);
  const stream = { write: (text: string) => void (stderr += text) };
  const code = await runCommands({
    name: 'tool',
    summary: '',
    commands,
    argv: ['look'],
    stdout: stream,
    stderr: stream,
  });
  process.exitCode = undefined;
  return { code, stderr, runs };
}

describe('outsideJobs', () => {
  it('runs a command that was started alone, or as the only process of a job', async () => {
    expect(await ran({})).toEqual({ code: 0, stderr: '', runs: 1 });
    expect(await ran({ PMI_RANK: '0', PMI_SIZE: '1' })).toEqual({ code: 0, stderr: '', runs: 1 });
  });

  it('refuses it in a job of several, once', async () => {
    const told =
      'error: tool look: mpirun started 2 processes of it, expected one: only train shares its work out. Start it without mpirun.\n';
    expect(await ran({ PMI_RANK: '0', PMI_SIZE: '2' })).toEqual({ code: 2, stderr: told, runs: 0 });
    expect(await ran({ PMI_RANK: '1', PMI_SIZE: '2' })).toEqual({ code: 2, stderr: '', runs: 0 });
  });

  it('names the launcher', async () => {
    const { stderr } = await ran({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '4' });
    expect(stderr).toContain('Open MPI started 4 processes of it');
  });
});
