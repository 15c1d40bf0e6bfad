import './tensorflow-environment';
import * as tf from '@tensorflow/tfjs-node-gpu';

/** tfjs on the native TensorFlow runtime. Loading it fails with a RuntimeError that says how to install the runtime. */
export { tf };
