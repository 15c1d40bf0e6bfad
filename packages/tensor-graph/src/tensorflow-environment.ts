import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeError } from '@featuremine/errors';

// TensorFlow reads its environment once, when it is loaded: this module is imported before it.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';

checkNodeVersion(process.versions.node);
checkAddon();

/** The folder of @tensorflow/tfjs-node-gpu, under which its TensorFlow libraries lie (deps/lib). */
export function tfjsNodeFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** The path of the TensorFlow library that tfjs-node loads. @throws RuntimeError when it is not there */
export function tensorflowLibraryPath(): string {
  const folder = join(tfjsNodeFolder(), 'deps', 'lib');
  const names = ['libtensorflow.so.2', 'libtensorflow.so', 'libtensorflow.2.dylib', 'tensorflow.dll'];
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw missing(folder, 'no TensorFlow library');
  return found;
}

function checkAddon(): void {
  tensorflowLibraryPath();
  const folder = join(tfjsNodeFolder(), 'lib');
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  if (!versions.some((name) => existsSync(join(folder, name, 'tfjs_binding.node'))))
    throw missing(folder, 'no tfjs_binding.node');
}

function missing(where: string, found: string): RuntimeError {
  return new RuntimeError({
    where,
    found,
    fix: 'Install the TensorFlow runtime with `npx tensor-graph install` (in the project itself: `npm run setup`)',
  });
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
