import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs-node-gpu';
import { prepareTensorflow } from './tensorflow-environment';

const loadModule = createRequire(__filename);
let loaded: typeof tfjs | undefined;

/**
 * tfjs on the native TensorFlow runtime. It is loaded when `tf` is used for the first time, so that importing this
 * package stays quick; that use fails with a RuntimeError that says how to install the runtime where it is missing.
 */
export declare const tf: typeof tfjs;
/** tfjs's types of tensors, under the name that its functions have. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- a value and its types under one name, as tfjs has them
export declare namespace tf {
  /** The name of a type of values. */
  type DataType = tfjs.DataType;
  /** A tensor of one value. */
  type Scalar = tfjs.Scalar;
  /** A tensor of any shape. */
  type Tensor<R extends tfjs.Rank = tfjs.Rank> = tfjs.Tensor<R>;
  /** A tensor with one axis. */
  type Tensor1D = tfjs.Tensor1D;
  /** A tensor with two axes. */
  type Tensor2D = tfjs.Tensor2D;
  /** A tensor with three axes. */
  type Tensor3D = tfjs.Tensor3D;
  /** A tensor with four axes. */
  type Tensor4D = tfjs.Tensor4D;
}

Object.defineProperty(exports, 'tf', { enumerable: true, get: loadTensorflow });

/** Loads tfjs and TensorFlow, once. @throws RuntimeError */
export function loadTensorflow(): typeof tfjs {
  if (loaded === undefined) {
    prepareTensorflow();
    loaded = loadModule('@tensorflow/tfjs-node-gpu') as typeof tfjs;
  }
  return loaded;
}

/** The version of the TensorFlow library that is loaded, such as `2.21.0`. */
export function tensorflowVersion(): string {
  return nodeBackend().binding.TF_Version;
}

/** Whether TensorFlow has found a GPU and places ops on it. */
export function usesGpu(): boolean {
  return nodeBackend().isUsingGpuDevice;
}

function nodeBackend(): NodeBackend {
  return loadTensorflow().backend() as unknown as NodeBackend;
}

/** What tfjs-node's backend has besides tfjs's interface. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}
