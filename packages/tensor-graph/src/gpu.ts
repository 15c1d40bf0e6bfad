import { execFileSync } from 'node:child_process';

/** The models of the machine's NVIDIA GPUs in the order of the driver, such as `NVIDIA H200`; none without its tool. */
export function gpuModels(): string[] {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return names.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  } catch {
    return [];
  }
}

/**
 * The GPU among the devices that TensorFlow has, with its model; undefined if there is none. TensorFlow does not say
 * which of the machine's GPUs it has: where they are of several models, all are named.
 *
 * @param deviceTypes as TensorFlow lists them: `CPU`, `GPU`
 * @param models those of the machine by default
 */
export function gpuOf(deviceTypes: readonly string[], models?: readonly string[]): string | undefined {
  if (!deviceTypes.includes('GPU')) return undefined;
  const names = [...new Set(models ?? gpuModels())];
  return names.length === 0 ? 'GPU' : `GPU (${names.join(' or ')})`;
}
