import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLibrary, hasAddon, tfjsNodeFolder } from '../runtime-files';

/** The TensorFlow release that this package is developed and tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

export type RuntimeVariant = 'cpu' | 'cuda';

/** What lies under @tensorflow/tfjs-node-gpu, found without loading it. */
export interface RuntimeState {
  readonly folder: string;
  /** Library and addon are there, and, when this package installed them, the installation was finished. */
  readonly isComplete: boolean;
  /** Absent when the runtime came by the package's own install. */
  readonly version: string | undefined;
  readonly variant: RuntimeVariant | undefined;
}

/** Looks at the files under the folder of tfjs-node. */
export function runtimeState(folder = tfjsNodeFolder()): RuntimeState {
  const record = join(folder, 'deps', 'runtime.json');
  const { version, variant } = existsSync(record)
    ? (JSON.parse(readFileSync(record, 'utf8')) as { version: string; variant: RuntimeVariant })
    : { version: undefined, variant: undefined };
  const isOwnInstall = existsSync(join(folder, 'deps', 'include', 'xla'));
  const isFinished = !isOwnInstall || version === TENSORFLOW_VERSION;
  return { folder, isComplete: findLibrary(folder) !== undefined && hasAddon(folder) && isFinished, version, variant };
}
