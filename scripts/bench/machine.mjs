// What the figures were measured on.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** The instructions of x86 processors that decide how fast matrix products are, by precision. */
const MATRIX_FLAGS = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'amx_bf16'];

/**
 * Processor, its instructions (on Linux), cores, memory, system, NVIDIA GPUs, Node version, commit and date; `hasLocalChanges` where
 * files differ from the commit, other than what benches write.
 */
export function machine() {
  const written = [':(top,exclude)results', ':(top,exclude)docs/performance.md'];
  const changes = git('status', '--porcelain', '--untracked-files=no', '--', ':/', ...written);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    ...processorFlags(),
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    ...gpuNames(),
    node: process.versions.node,
    commit: git('rev-parse', '--short', 'HEAD') ?? 'unknown',
    ...(changes === '' ? {} : { hasLocalChanges: true }),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** `machine()` with TensorFlow's version and whether own kernels compute, which a process of its own finds out. */
export function machineWithTensorflow() {
  const program = "process.stdout.write(JSON.stringify(require('@featuremine/tensor-graph').runtimeVersions()))";
  const { stdout, status } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  return { ...machine(), ...(status === 0 ? JSON.parse(stdout) : { tensorflow: 'unknown' }) };
}

function git(...words) {
  const { status, stdout } = spawnSync('git', words, { encoding: 'utf8', cwd: import.meta.dirname });
  return status === 0 ? stdout.trim() : undefined;
}

function gpuNames() {
  const query = ['--query-gpu=name', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' });
  const names = status === 0 ? stdout.split('\n').filter((line) => line.trim() !== '') : [];
  return names.length === 0 ? {} : { gpus: names.map((name) => name.trim()) };
}

function processorFlags() {
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    const has = new Set(line.trim().split(/\s+/));
    return { instructions: MATRIX_FLAGS.filter((flag) => has.has(flag)) };
  } catch {
    return {};
  }
}
