import { join } from 'node:path';
import { tf, type HostTensor } from '@featuremine/tensor-graph';
import { unusable, type ExportError } from './export-error';
import type { ModelRunner } from './model-runner';
import { SAVED_MODEL_FILE } from './saved-model';

/** Opens a SavedModel in a session of TensorFlow's own loader. Float inputs and outputs. @throws ExportError */
export async function openSavedModel(folder: string): Promise<ModelRunner> {
  const where = join(folder, SAVED_MODEL_FILE);
  const fault = (cause: unknown): ExportError => unusable(where, 'TensorFlow', cause);
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default').catch((error: unknown) => {
    throw fault(error);
  });
  const predicted = (fed: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    try {
      return model.predict(fed) as Record<string, tf.Tensor>;
    } catch (error) {
      throw fault(error);
    }
  };
  return {
    run: (inputs) => {
      const fed: Record<string, tf.Tensor> = {};
      for (const [name, { shape, data }] of Object.entries(inputs)) fed[name] = tf.tensor(data, [...shape], 'float32');
      const outputs = predicted(fed);
      const results = Object.entries(outputs).map(([name, tensor]) => [name, hostTensor(tensor)] as const);
      tf.dispose([fed, outputs]);
      return Promise.resolve(Object.fromEntries(results));
    },
    close: () => {
      model.dispose();
      return Promise.resolve();
    },
  };
}

function hostTensor(tensor: tf.Tensor): HostTensor {
  const dtype = tensor.dtype === 'int32' ? 'int32' : 'float32';
  return { dtype, shape: tensor.shape, data: tensor.dataSync() };
}
