import { env, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { BackendChoice } from './protocol';

const MOST_THREADS = 4;
// tfjs takes at most half as many threads as there are logical processors.
const SHARE_OF_PROCESSORS = 0.5;

/**
 * Starts WebGPU if it is wanted and there, else WebAssembly. Resolves to its name in words, and to why it is another
 * than the one that was asked for.
 *
 * @throws Error when neither starts
 */
export async function startBackend(
  choice: BackendChoice,
  threads?: number,
): Promise<{ readonly name: string; readonly note?: string }> {
  if (choice === 'wasm') return { name: await startWasm(threads) };
  const obstacle = await startWebGpu();
  if (obstacle === undefined) return { name: 'WebGPU' };
  const name = await startWasm(threads);
  return choice === 'webgpu' ? { name, note: `WebGPU is not used: ${obstacle}.` } : { name };
}

/** Starts WebAssembly; resolves to its name in words. */
export async function startWasm(threads?: number): Promise<string> {
  setWasmPaths(new URL('wasm/', self.location.href).href);
  const possible = Math.max(1, Math.floor(navigator.hardwareConcurrency * SHARE_OF_PROCESSORS));
  const wanted = Math.min(threads ?? MOST_THREADS, possible);
  setThreadsCount(wanted);
  // The file with threads starts eight workers whatever the number is, so one thread takes the other.
  if (wanted === 1) env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await setBackend('wasm'))) {
    throw new Error('WebAssembly does not start: this browser has none, or the site lacks files of its folder wasm.');
  }
  await ready();
  const count = getThreadsCount();
  return `WebAssembly, ${count === 1 ? '1 thread' : `${count} threads`}`;
}

/** Whether the backend in use is WebGPU, which may fail at the first picture. */
export function isOnWebGpu(): boolean {
  return getBackend() === 'webgpu';
}

// Resolves to what stands in the way, or to undefined when WebGPU is ready.
async function startWebGpu(): Promise<string | undefined> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  if (gpu === undefined) return 'this browser has none, or the page is not opened over https';
  try {
    const adapter = await gpu.requestAdapter();
    if (adapter === null) return 'there is no graphics processor for it';
    await import('@tensorflow/tfjs-backend-webgpu'); // in a file of its own: most visits never need it
    if (!(await setBackend('webgpu'))) return 'it did not start';
    await ready();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
