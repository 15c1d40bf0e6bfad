import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RuntimeError } from '@featuremine/errors';
import { libraryCandidates } from '../src/find-library';
import { loadMpi } from '../src/mpi-library';

describe('libraryCandidates', () => {
  it('has only the library that is named, when one is', () => {
    expect(libraryCandidates({ FEATUREMINE_MPI_LIBRARY: '/opt/libmpi.so' })).toEqual(['/opt/libmpi.so']);
  });

  it('begins with the library beside mpirun, through links, and ends with names for the loader', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mpi-'));
    for (const name of ['env/bin', 'env/lib', 'path']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'env/bin/mpirun'), '');
    writeFileSync(join(folder, 'env/lib/libmpi.so.12'), '');
    symlinkSync(join(folder, 'env/bin/mpirun'), join(folder, 'path/mpirun'));
    const candidates = libraryCandidates({ PATH: `/nowhere:${join(folder, 'path')}` });
    expect(candidates[0]).toBe(join(folder, 'env/lib/libmpi.so.12'));
    expect(candidates.slice(-2)).toEqual(['libmpich.so.12', 'libmpi.so.12']);
  });
});

describe('loadMpi', () => {
  it('says what was tried and how to install it', () => {
    const load = (): unknown => loadMpi(['/nowhere/libmpi.so.12']);
    expect(load).toThrow(RuntimeError);
    expect(load).toThrow(/MPI: no MPICH library that loads \(\/nowhere\/libmpi.so.12: .*apt-get install mpich/);
  });
});
