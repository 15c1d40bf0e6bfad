import type { HostTensor } from '@featuremine/tensor-graph';
import { OnnxType, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './onnx-protobuf';

/** Attributes by the names of ONNX's operators. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export const onnxInteger = (i: number): OnnxAttribute => ({ i, type: 2 });
export const onnxIntegers = (ints: readonly number[]): OnnxAttribute => ({ ints, type: 7 });
export const onnxText = (text: string): OnnxAttribute => ({ s: Buffer.from(text), type: 3 });

/** ONNX's "to the end" of a slice. */
const FAR = 2n ** 63n - 1n;

/** Gathers the nodes and constants of an ONNX graph, each with a name of its own. */
export class OnnxNodes {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  private readonly counts = new Map<string, number>();
  private readonly vectors = new Map<string, string>();

  /** Adds an operator with one result and gives the result's name; `''` is an input that is left out. */
  add(opType: string, input: readonly string[], attributes: OnnxAttributes = {}, output?: string): string {
    const name = this.unique(opType);
    const result = output ?? name;
    const attribute = Object.entries(attributes).map(([key, value]) => ({ ...value, name: key }));
    this.nodes.push({ opType, name, input, output: [result], attribute });
    return result;
  }

  /** Adds an operator with two results and gives the second one's name. */
  addSecond(opType: string, input: readonly string[]): string {
    const name = this.unique(opType);
    this.nodes.push({ opType, name, input, output: [`${name}_first`, name], attribute: [] });
    return name;
  }

  /** A constant; int32 becomes int64, in which ONNX counts. */
  constant({ dtype, shape, data }: HostTensor): string {
    const name = this.unique('constant');
    const values = dtype === 'int32' ? BigInt64Array.from(data, BigInt) : data;
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push({ name, dims: shape, dataType: OnnxType[dtype], rawData });
    return name;
  }

  /** A vector of whole numbers (int64), as shapes and axes are given; Infinity is the largest one. */
  integers(values: readonly number[]): string {
    const key = values.join();
    let name = this.vectors.get(key);
    if (name === undefined) {
      name = this.unique('integers');
      const data = BigInt64Array.from(values, (value) => (value === Infinity ? FAR : BigInt(value)));
      const rawData = new Uint8Array(data.buffer);
      this.initializers.push({ name, dims: [values.length], dataType: OnnxType.int32, rawData });
      this.vectors.set(key, name);
    }
    return name;
  }

  wholeNumber(value: number): string {
    return this.constant({ dtype: 'int32', shape: [], data: Int32Array.of(value) });
  }

  /** A scalar, or a vector, of floats. */
  floats(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.constant({ dtype: 'float32', shape, data: Float32Array.from(list) });
  }

  private unique(name: string): string {
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return `${name}_${count}`;
  }
}
