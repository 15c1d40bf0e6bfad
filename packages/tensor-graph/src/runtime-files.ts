import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of @tensorflow/tfjs-node-gpu, under which the TensorFlow runtime is installed. */
export function tfjsNodeFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** The folder of TensorFlow's libraries. */
export function libraryFolder(): string {
  return join(tfjsNodeFolder(), 'deps', 'lib');
}

/** The folder of tfjs-node's addon, one subfolder for each version of Node's interface. */
export function addonFolder(): string {
  return join(tfjsNodeFolder(), 'lib');
}

/** The TensorFlow library that tfjs-node loads, if it is there. */
export function findLibrary(): string | undefined {
  const names = ['libtensorflow.so.2', 'libtensorflow.so', 'libtensorflow.2.dylib', 'tensorflow.dll'];
  return names.map((name) => join(libraryFolder(), name)).find((path) => existsSync(path));
}

/** Whether tfjs-node's addon was built or downloaded. */
export function hasAddon(): boolean {
  const folder = addonFolder();
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'tfjs_binding.node')));
}

/** Whether tfjs-node 4.22 runs on this Node: it uses functions that Node 23 removed. */
export function isSupportedNode(version: string): boolean {
  const major = Number(version.split('.')[0]);
  return major >= 20 && major < 23;
}
