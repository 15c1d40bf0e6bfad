import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeError } from '@featuremine/errors';

// TensorFlow reads its environment once, when it is loaded: what must be set is set here, before the import below.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';

checkNodeVersion(process.versions.node);
const tf = load();
export { tf };

/** The folder of @tensorflow/tfjs-node-gpu, under which its TensorFlow libraries lie (deps/lib). */
export function tfjsNodeFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** The path of the TensorFlow library that tfjs-node has loaded. @throws RuntimeError when it is not there */
export function tensorflowLibraryPath(): string {
  const folder = join(tfjsNodeFolder(), 'deps', 'lib');
  const names = ['libtensorflow.so.2', 'libtensorflow.so', 'libtensorflow.2.dylib', 'tensorflow.dll'];
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new RuntimeError({
      where: folder,
      found: 'no TensorFlow library',
      fix: 'Install it with `npx tensor-graph install` (in the project itself: `npm run setup`)',
    });
  }
  return found;
}

function load(): typeof import('@tensorflow/tfjs-node-gpu') {
  try {
    // eslint's no-require rule is not at stake: the import must come after the environment is set.
    return require('@tensorflow/tfjs-node-gpu') as typeof import('@tensorflow/tfjs-node-gpu');
  } catch (cause) {
    throw new RuntimeError(
      {
        where: '@tensorflow/tfjs-node-gpu',
        found: `it does not load (${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)})`,
        fix: 'Install the TensorFlow runtime with `npx tensor-graph install` (in the project itself: `npm run setup`)',
      },
      { cause },
    );
  }
}

function checkNodeVersion(version: string): void {
  const major = Number(version.split('.')[0]);
  if (major < 20 || major >= 23) {
    throw new RuntimeError({
      where: 'Node.js',
      found: `version ${version}`,
      expected: '20.19 to 22',
      fix: '@tensorflow/tfjs-node-gpu 4.22 uses functions that Node 23 removed: run with Node 20 or 22',
    });
  }
}
