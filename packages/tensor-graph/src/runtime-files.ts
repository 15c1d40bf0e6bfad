import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of @tensorflow/tfjs-node-gpu, under which the TensorFlow runtime is installed. */
export function tfjsNodeFolder(): string {
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** The folder of TensorFlow's libraries under that of tfjs-node. */
export function libraryFolder(tfjsNode = tfjsNodeFolder()): string {
  return join(tfjsNode, 'deps', 'lib');
}

/** The folder of tfjs-node's addon under that of tfjs-node, one subfolder for each version of Node's interface. */
export function addonFolder(tfjsNode = tfjsNodeFolder()): string {
  return join(tfjsNode, 'lib');
}

/** The TensorFlow library that tfjs-node loads, if it is there. */
export function findLibrary(tfjsNode = tfjsNodeFolder()): string | undefined {
  const names = ['libtensorflow.so.2', 'libtensorflow.so', 'libtensorflow.2.dylib', 'tensorflow.dll'];
  return names.map((name) => join(libraryFolder(tfjsNode), name)).find((path) => existsSync(path));
}

/** Whether tfjs-node's addon was built or downloaded. */
export function hasAddon(tfjsNode = tfjsNodeFolder()): boolean {
  const folder = addonFolder(tfjsNode);
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'tfjs_binding.node')));
}

/** Whether tfjs-node 4.22 runs on this Node: it uses functions that Node 23 removed. */
export function isSupportedNode(version: string): boolean {
  const major = Number(version.split('.')[0]);
  return major >= 20 && major < 23;
}
