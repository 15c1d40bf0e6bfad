import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The TensorFlow release that this package is developed and tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

export type RuntimeVariant = 'cpu' | 'cuda';

/** What lies under @tensorflow/tfjs-node-gpu, found without loading it. */
export interface RuntimeState {
  readonly folder: string;
  readonly hasLibrary: boolean;
  readonly hasAddon: boolean;
  /** Library and addon are there, and, when this package installed them, the installation was finished. */
  readonly isComplete: boolean;
  /** Absent when the runtime came by the package's own install. */
  readonly version: string | undefined;
  readonly variant: RuntimeVariant | undefined;
}

/** The folder of the package that the runtime is installed under. */
export function runtimeFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

export function runtimeState(): RuntimeState {
  const folder = runtimeFolder();
  const libraries = join(folder, 'deps', 'lib');
  const hasLibrary = existsSync(libraries) && readdirSync(libraries).some((name) => /tensorflow/.test(name));
  const addons = join(folder, 'lib');
  const hasAddon =
    existsSync(addons) && readdirSync(addons).some((name) => existsSync(join(addons, name, 'tfjs_binding.node')));
  const record = join(folder, 'deps', 'runtime.json');
  const { version, variant } = existsSync(record)
    ? (JSON.parse(readFileSync(record, 'utf8')) as { version: string; variant: RuntimeVariant })
    : { version: undefined, variant: undefined };
  const isOwnInstall = existsSync(join(folder, 'deps', 'include', 'xla'));
  const isFinished = !isOwnInstall || version === TENSORFLOW_VERSION;
  return { folder, hasLibrary, hasAddon, isComplete: hasLibrary && hasAddon && isFinished, version, variant };
}
