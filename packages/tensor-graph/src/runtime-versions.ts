import { kernelsFault } from './own-kernels';
import { tensorflowVersion } from './tensorflow';

/**
 * What a run's bits depend on besides its code: TensorFlow's version, and whether this project's own kernels compute or
 * TensorFlow's alone, which add in another order.
 */
export function runtimeVersions(): { readonly tensorflow: string; readonly kernels: 'own' | 'stock' } {
  return { tensorflow: tensorflowVersion(), kernels: kernelsFault() === undefined ? 'own' : 'stock' };
}
