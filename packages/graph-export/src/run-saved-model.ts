import { tf, type HostTensor } from '@featuremine/tensor-graph';
import type { ModelRunner } from './model-runner';

/** Opens a SavedModel in a session of TensorFlow's own loader. Float inputs and outputs. */
export async function openSavedModel(folder: string): Promise<ModelRunner> {
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default');
  return {
    run: (inputs) => {
      const fed: Record<string, tf.Tensor> = {};
      for (const [name, { shape, data }] of Object.entries(inputs)) fed[name] = tf.tensor(data, [...shape], 'float32');
      const outputs = model.predict(fed) as Record<string, tf.Tensor>;
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
