import { RuntimeError } from '@featuremine/errors';
import type { HostTensor } from '@featuremine/tensor-graph';
import type * as Onnx from 'onnxruntime-node';
import { unusable } from './export-error';
import type { ModelRunner } from './model-runner';

/**
 * Opens an ONNX file in onnxruntime. Images are taken as [N, H, W, C] and brought into ONNX's order.
 *
 * @throws RuntimeError when the package onnxruntime-node is not there, ExportError when it does not run the file
 */
export async function openOnnxModel(file: string): Promise<ModelRunner> {
  const runtime = await loadRuntime();
  const orFault = <T>(result: Promise<T>): Promise<T> =>
    result.catch((error: unknown) => {
      throw unusable(file, 'onnxruntime', error);
    });
  const session = await orFault(runtime.InferenceSession.create(file));
  return {
    run: async (inputs) => {
      const fed = Object.entries(inputs).map(([name, tensor]) => [name, onnxTensor(runtime, tensor)] as const);
      const results = await orFault(session.run(Object.fromEntries(fed)));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, hostTensor(tensor)]));
    },
    close: () => session.release(),
  };
}

async function loadRuntime(): Promise<typeof Onnx> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new RuntimeError(
      {
        where: 'onnxruntime-node',
        found: 'the package does not load',
        expected: 'it beside this one; checking ONNX files needs it, writing them does not',
        fix: 'Run npm install --ignore-scripts onnxruntime-node@1.22.0',
      },
      { cause },
    );
  }
}

function onnxTensor(runtime: typeof Onnx, { shape, data }: HostTensor): Onnx.Tensor {
  const values = Float32Array.from(data);
  if (shape.length !== 4) return new runtime.Tensor('float32', values, [...shape]);
  const [count, height, width, channels] = shape as [number, number, number, number];
  const cells = height * width;
  const planes = new Float32Array(values.length);
  for (let image = 0; image < count; image++) {
    const start = image * cells * channels;
    for (let channel = 0; channel < channels; channel++) {
      const plane = start + channel * cells;
      for (let cell = 0; cell < cells; cell++) planes[plane + cell] = values[start + cell * channels + channel]!;
    }
  }
  return new runtime.Tensor('float32', planes, [count, channels, height, width]);
}

function hostTensor({ dims, data }: Onnx.Tensor): HostTensor {
  if (data instanceof Float32Array) return { dtype: 'float32', shape: dims, data };
  return { dtype: 'int32', shape: dims, data: Int32Array.from(data as BigInt64Array, Number) };
}
