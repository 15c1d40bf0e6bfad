import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor } from '@featuremine/tensor-graph';
import type { TfjsReply } from './run-tfjs-model';

// A thread of its own: tfjs has one backend a thread, and the main one's is TensorFlow.

const { file } = workerData as { readonly file: string };
const loading = load();
loading.catch(() => undefined); // each answer reports it

parentPort!.on('message', (inputs: Readonly<Record<string, HostTensor>>) => {
  answer(inputs)
    .catch((error: unknown): TfjsReply => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((reply) => parentPort!.postMessage(reply), () => undefined); // prettier-ignore
});

async function load(): Promise<GraphModel> {
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`);
  await tf.setBackend('wasm');
  return loadGraphModel({ load: () => Promise.resolve(readArtifacts()) });
}

async function answer(inputs: Readonly<Record<string, HostTensor>>): Promise<TfjsReply> {
  const model = await loading;
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  );
  const names = Object.keys((model.modelSignature as { outputs: Record<string, unknown> }).outputs);
  const results = model.execute(fed, names);
  const tensors = Array.isArray(results) ? results : [results];
  const outputs = await Promise.all(
    tensors.map(async (tensor, i): Promise<[string, HostTensor]> => [
      names[i],
      { dtype: 'float32', shape: tensor.shape, data: await tensor.data() },
    ]),
  );
  tf.dispose([fed, tensors]);
  return { outputs: Object.fromEntries(outputs) };
}

// As a browser's loader reads the folder.
function readArtifacts(): tf.io.ModelArtifacts {
  const model = JSON.parse(readFileSync(file, 'utf8')) as tf.io.ModelJSON;
  const [{ paths, weights }] = model.weightsManifest;
  // Beside model.json, whatever folders a path names.
  const bytes = Buffer.concat(paths.map((path) => readFileSync(join(dirname(file), basename(path)))));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { modelTopology, signature, userDefinedMetadata } = model;
  return {
    modelTopology,
    format: 'graph-model',
    weightSpecs: weights,
    weightData: weightData,
    ...(signature && { signature }),
    ...(userDefinedMetadata && { userDefinedMetadata }),
  };
}
