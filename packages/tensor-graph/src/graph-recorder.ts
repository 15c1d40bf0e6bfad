import { AttrType, typeAttribute, type EncodedAttribute } from './attribute-type';
import type { TfOutput } from './c-api';
import type { HostData } from './host-tensor';
import { isInFloat32Scope } from './precision-scope';

/** One output of a recorded node, with what the shape inference knows of it. */
export interface RecordedTensor {
  readonly node: string;
  readonly output: TfOutput;
  /** TF_DataType. */
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** What a node is added with beside its inputs and attributes. */
export interface NodeOptions {
  readonly controls?: readonly RecordedTensor[];
  readonly name?: string;
  /** Where the caller knows how many outputs the node has. */
  readonly outputs?: number;
}

/** Takes the nodes of a graph one by one. */
export interface GraphRecorder {
  /**
   * Adds one node and returns its outputs. `inputs` are flat: a list argument takes those that the single arguments
   * leave. @throws RecordingError when an output's shape is not known before the graph runs
   */
  add(
    op: string,
    inputs: readonly RecordedTensor[],
    attributes: readonly EncodedAttribute[],
    options?: NodeOptions,
  ): RecordedTensor[];
  /** Adds a constant node. Its data must not change after that. */
  constant(dtype: number, shape: readonly number[], data: HostData): RecordedTensor;
}

/** A node as it is asked for. */
export interface AskedNode {
  readonly op: string;
  /** The name that it is to have, made unique by a number; the op's where none was given. */
  readonly wantedName: string;
  /** `node` or `node:output` of what it takes, control inputs as `^node`. */
  readonly inputs: readonly string[];
  readonly attributes: readonly EncodedAttribute[];
  /** Whether it was asked for in a `float32Scope`. */
  readonly staysFloat32: boolean;
  /** The values of a constant. */
  readonly bytes?: Uint8Array;
}

/** A node as it was recorded. */
export interface RecordedNode extends AskedNode {
  readonly name: string;
  readonly outputs: readonly RecordedTensor[];
}

/** What a call of `add` asks for. */
export function askedNode(
  op: string,
  inputs: readonly RecordedTensor[],
  attributes: readonly EncodedAttribute[],
  { name = op, controls = [] }: NodeOptions,
): AskedNode {
  const taken = inputs.map(({ node, output: { index } }) => (index === 0 ? node : `${node}:${index}`));
  const waited = controls.map(({ node }) => `^${node}`);
  return { op, wantedName: name, inputs: [...taken, ...waited], attributes, staysFloat32: isInFloat32Scope() };
}

/** What a call of `constant` asks for. */
export function askedConstant(dtype: number, shape: readonly number[], data: HostData): AskedNode {
  const attributes = [typeAttribute('dtype', dtype), shapeAttribute(shape)];
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { op: 'Const', wantedName: 'Const', inputs: [], attributes, staysFloat32: false, bytes };
}

/** Adds a node that is fed at every run. */
export function addPlaceholder(
  recorder: GraphRecorder,
  name: string,
  { dtype, shape }: { readonly dtype: number; readonly shape: readonly number[] },
): RecordedTensor {
  return recorder.add('Placeholder', [], [typeAttribute('dtype', dtype), shapeAttribute(shape)], { name })[0];
}

function shapeAttribute(shape: readonly number[]): EncodedAttribute {
  return { name: 'shape', type: AttrType.shape, value: shape };
}
