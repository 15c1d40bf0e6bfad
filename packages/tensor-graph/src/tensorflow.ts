import './tensorflow-environment';
import * as tf from '@tensorflow/tfjs-node-gpu';

/** tfjs on the native TensorFlow runtime. Loading it fails with a RuntimeError that says how to install the runtime. */
export { tf };

/** The version of the TensorFlow library that is loaded, such as `2.21.0`. */
export function tensorflowVersion(): string {
  return (tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } }).binding.TF_Version;
}
