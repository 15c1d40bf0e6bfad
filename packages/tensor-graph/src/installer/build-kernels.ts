import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { kernelLibrary, kernelSources } from '../own-kernels';
import { tfjsNodeFolder } from '../runtime-files';

const run = promisify(execFile);

/**
 * Compiles the own kernels for this processor, unless they are there or TensorFlow's headers are not. They are an
 * addition: without a compiler, a line says so, and TensorFlow's own kernels are used.
 */
export async function buildKernels(log: (line: string) => void): Promise<void> {
  const target = kernelLibrary();
  const deps = join(tfjsNodeFolder(), 'deps');
  if (target === undefined || existsSync(target) || !existsSync(join(deps, 'include', 'xla'))) return;
  const sources = kernelSources();
  const files = readdirSync(sources).filter((name) => name.endsWith('.cc'));
  const unfinished = `${target}.${process.pid}`;
  const flags = ['-std=c++17', '-O3', '-march=native', '-fPIC', '-shared', '-pthread'];
  // Its threads live until the process ends: it must not be unloaded under them.
  const linking = [`-L${join(deps, 'lib')}`, '-l:libtensorflow_framework.so.2', '-Wl,-z,nodelete'];
  const paths = files.map((name) => join(sources, name));
  try {
    mkdirSync(dirname(target), { recursive: true });
    await run('c++', [...flags, `-I${join(deps, 'include')}`, ...paths, '-o', unfinished, ...linking]);
    renameSync(unfinished, target);
    log('own kernels are built for this processor');
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const reason = stderr.split('\n').find((line) => /error/i.test(line)) ?? message.split('\n')[0];
    log(`own kernels were not built, TensorFlow's are used instead (${reason})`);
  }
}
