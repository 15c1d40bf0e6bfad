import { RuntimeError } from '@featuremine/errors';
import { assignGpu } from '@featuremine/mpi';
import { addonFolder, findLibrary, hasAddon, isSupportedNode, libraryFolder } from './runtime-files';

/**
 * Sets what TensorFlow reads from the environment, once, when it is loaded: to be called before.
 *
 * @throws RuntimeError when this Node or the installed runtime cannot load it
 */
export function prepareTensorflow(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  assignGpu();
  checkNodeVersion(process.versions.node);
  checkAddon();
}

/** The path of the TensorFlow library that tfjs-node loads. @throws RuntimeError when it is not there */
export function tensorflowLibraryPath(): string {
  const found = findLibrary();
  if (found === undefined) throw missing(libraryFolder(), 'no TensorFlow library');
  return found;
}

function checkAddon(): void {
  tensorflowLibraryPath();
  if (!hasAddon()) throw missing(addonFolder(), 'no tfjs_binding.node');
}

function missing(where: string, found: string): RuntimeError {
  return new RuntimeError({
    where,
    found,
    fix: 'Install the TensorFlow runtime with `npx tensor-graph install` (in the project itself: `npm run setup`)',
  });
}

function checkNodeVersion(version: string): void {
  if (!isSupportedNode(version)) {
    throw new RuntimeError({
      where: 'Node.js',
      found: `version ${version}`,
      expected: '20.19 to 22',
      fix: '@tensorflow/tfjs-node-gpu 4.22 uses functions that Node 23 removed: run with Node 20 or 22',
    });
  }
}
