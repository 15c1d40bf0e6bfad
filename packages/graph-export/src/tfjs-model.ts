import type { AttrValue, NodeDef, TensorShape } from '@featuremine/tensor-graph';
import { tensorOf } from './constant-tensor';
import type { ExportGraph, ExportNode } from './export-graph';
import { storeWeight, type StoredWeights } from './quantize-weights';
import { toTensorflow } from './to-tensorflow';
import { writeFiles } from './write-files';

/** The name of the file that `loadGraphModel` is given. */
export const TFJS_MODEL_FILE = 'model.json';

/** What `writeTfjsModel` needs besides the graph. */
export interface TfjsModelOptions {
  /** Becomes `userDefinedMetadata`. */
  readonly metadata: object;
  /** float32 unless said otherwise; vectors (biases) always are. */
  readonly weights?: StoredWeights;
}

/** The bytes of one file of weights; browsers fetch several side by side and cache each. */
const SHARD_BYTES = 4 << 20;

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: object;
}

/** Writes a tfjs graph model: `model.json` and the weights in files of 4 MiB. Only ops that wasm and WebGL have occur. */
export function writeTfjsModel(folder: string, graph: ExportGraph, options: TfjsModelOptions): string[] {
  const { node: nodes, versions } = toTensorflow(graph, 'tfjs');
  const { entries, bytes } = storedWeights(nodes, options.weights ?? 'float32');
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const model = {
    format: 'graph-model',
    generatedBy: '@featuremine/graph-export',
    convertedBy: null,
    signature: signature(graph),
    userDefinedMetadata: options.metadata,
    modelTopology: { node: nodes.map(nodeJson), versions: { producer: versions!.producer } },
    weightsManifest: [{ paths, weights: entries }],
  };
  const shards = paths.map(
    (path, i) => [path, bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES)] as [string, Uint8Array],
  );
  return writeFiles(
    folder,
    new Map<string, Uint8Array | string>([...shards, [TFJS_MODEL_FILE, JSON.stringify(model)]]),
    /^group1-shard\d+of\d+\.bin$/,
  );
}

function storedWeights(nodes: readonly NodeDef[], as: StoredWeights): { entries: WeightEntry[]; bytes: Uint8Array } {
  const parts: Uint8Array[] = [];
  const entries = nodes
    .filter(({ op }) => op === 'Const')
    .map(({ name, attr }): WeightEntry => {
      const { dtype, shape, data } = tensorOf(attr['value'].tensor!);
      const isLarge = data instanceof Float32Array && shape.length > 1;
      const plain = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const stored = isLarge ? storeWeight(data, as) : { bytes: plain };
      parts.push(stored.bytes);
      return {
        name,
        shape,
        dtype,
        ...('quantization' in stored && stored.quantization ? { quantization: stored.quantization } : {}),
      };
    });
  return { entries, bytes: Buffer.concat(parts) };
}

function signature({ inputs, outputs }: ExportGraph): object {
  const info = (name: string, node: ExportNode): object => ({
    name: `${name}:0`,
    dtype: typeName(node.dtype === 'float32' ? 1 : 3),
    tensorShape: shapeJson({ dim: node.shape.map((size) => ({ size })) }),
  });
  const fed = inputs.flatMap((node) => (node.operation.kind === 'input' ? [[node.operation.name, node] as const] : []));
  return {
    inputs: Object.fromEntries(fed.map(([name, node]) => [name, info(name, node)])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, info(name, node)])),
  };
}

// The JSON form of protobuf: bytes as base64, 64-bit numbers as text, enums by name. Values of constants are weights.
function nodeJson({ name, op, input, attr }: NodeDef): object {
  const kept = Object.entries(attr).filter(([key]) => key !== 'value');
  return { name, op, input, attr: Object.fromEntries(kept.map(([key, value]) => [key, attributeJson(value)])) };
}

function attributeJson({ s, i, f, b, type, shape, list }: AttrValue): object {
  if (s !== undefined) return { s: base64(s) };
  if (i !== undefined) return { i: String(i) };
  if (f !== undefined) return { f };
  if (b !== undefined) return { b };
  if (type !== undefined) return { type: typeName(type) };
  if (shape !== undefined) return { shape: shapeJson(shape) };
  return { list: { ...(list?.s && { s: list.s.map(base64) }), ...(list?.i && { i: list.i.map(String) }) } };
}

function shapeJson({ dim }: TensorShape): object {
  return { dim: dim.map(({ size }) => ({ size: String(size) })) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function typeName(type: number): string {
  return ({ 1: 'DT_FLOAT', 3: 'DT_INT32', 10: 'DT_BOOL' } as Readonly<Record<number, string>>)[type];
}
