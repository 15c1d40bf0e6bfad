import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@featuremine/random';

const STRIDES = [8, 16, 32, 64, 128];
const CLASS_NAMES = ['ring', 'cross', 'triangle'];
const ANCHORS_PER_CELL = 9;

/** The metadata of an exported detector, as graph-export's README describes it. */
export function tinyMetadata(): Record<string, unknown> & { input: Record<string, unknown> } {
  return {
    task: 'detection',
    formatVersion: 1,
    classNames: CLASS_NAMES,
    input: {
      name: 'images',
      shape: [1, 128, 128, 3],
      layout: 'NHWC',
      range: '0..255 RGB',
      sizeMultiple: 32,
      resize: { kind: 'fit', size: 128 },
      pixels: 'uint8',
      padding: [123.675, 116.28, 103.53],
    },
    preprocessing: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], place: 'in the graph' },
    postProcessing: 'outside',
    outputs: {
      logits: { name: 'logits', layout: '[1, R, K]', hasBackground: false, activation: 'sigmoid' },
      deltas: { name: 'deltas', layout: '[1, R, 4]', coding: 'dx, dy, dw, dh' },
    },
    anchors: {
      strides: STRIDES,
      sizes: [32, 64, 128, 256, 512].map((size) => [0, 1, 2].map((octave) => Math.trunc(size * 2 ** (octave / 3)))),
      ratios: [0.5, 1, 2],
    },
    scoreThreshold: 0.05,
    nmsThreshold: 0.5,
    detectionsPerImage: 300,
    topkCandidates: 1000,
    weights: 'float32',
    provenance: { producer: 'a test' },
  };
}

/**
 * Writes a detector in the exported form whose network is as small as can be: each level is the mean colour of its
 * cells, times a matrix of random numbers.
 */
export function writeTinyModel(folder: string, metadata: object = tinyMetadata()): string {
  const random = Random.of(7);
  const graph = new GraphFile();
  graph.node('images', 'Placeholder', [], { dtype: { type: 'DT_FLOAT' }, shape: shape([1, -1, -1, 3]) });
  for (const [name, columns] of [
    ['logits', CLASS_NAMES.length],
    ['deltas', 4],
  ] as const) {
    const levels = STRIDES.map((stride) => {
      const cells = `${name}${stride}`;
      graph.pool(`${cells}/means`, stride);
      const outputs = ANCHORS_PER_CELL * columns;
      const scale = name === 'logits' ? 0.01 : 0.002;
      const filter = Float32Array.from({ length: 3 * outputs }, () => random.normal() * scale);
      const bias = new Float32Array(outputs).fill(name === 'logits' ? -3 : 0);
      graph.constant(`${cells}/filter`, [1, 1, 3, outputs], filter);
      graph.constant(`${cells}/bias`, [outputs], bias);
      graph.constant(`${cells}/shape`, [3], Int32Array.of(1, -1, columns));
      graph.convolve(`${cells}/product`, [`${cells}/means`, `${cells}/filter`]);
      graph.node(`${cells}/sum`, 'BiasAdd', [`${cells}/product`, `${cells}/bias`], FLOAT);
      graph.node(cells, 'Reshape', [`${cells}/sum`, `${cells}/shape`], { ...FLOAT, Tshape: { type: 'DT_INT32' } });
      return cells;
    });
    graph.constant(`${name}/axis`, [], Int32Array.of(1));
    const attributes = { ...FLOAT, N: { i: String(levels.length) }, Tidx: { type: 'DT_INT32' } };
    graph.node(name, 'ConcatV2', [...levels, `${name}/axis`], attributes);
  }
  graph.write(folder, metadata);
  return folder;
}

const FLOAT = { T: { type: 'DT_FLOAT' } };

/** A model.json in the making. */
class GraphFile {
  private readonly nodes: object[] = [];
  private readonly weights: { name: string; shape: number[]; dtype: string }[] = [];
  private readonly parts: Uint8Array[] = [];

  node(name: string, op: string, input: readonly string[], attr: object): void {
    this.nodes.push({ name, op, input, attr });
  }

  constant(name: string, sizes: number[], values: Float32Array | Int32Array): void {
    const isFloat = values instanceof Float32Array;
    const dtype = { type: isFloat ? 'DT_FLOAT' : 'DT_INT32' };
    const tensor = { dtype: dtype.type, tensorShape: shape(sizes).shape };
    this.node(name, 'Const', [], { dtype, value: { tensor } });
    this.weights.push({ name, shape: sizes, dtype: isFloat ? 'float32' : 'int32' });
    this.parts.push(new Uint8Array(values.buffer));
  }

  pool(name: string, size: number): void {
    this.node(name, 'AvgPool', ['images'], {
      ...FLOAT,
      ksize: list([1, size, size, 1]),
      strides: list([1, size, size, 1]),
      padding: text('SAME'),
      data_format: text('NHWC'),
    });
  }

  convolve(name: string, inputs: readonly string[]): void {
    this.node(name, 'Conv2D', inputs, {
      ...FLOAT,
      strides: list([1, 1, 1, 1]),
      dilations: list([1, 1, 1, 1]),
      padding: text('VALID'),
      data_format: text('NHWC'),
    });
  }

  write(folder: string, userDefinedMetadata: object): void {
    mkdirSync(folder, { recursive: true });
    const file = 'group1-shard1of1.bin';
    writeFileSync(join(folder, file), Buffer.concat(this.parts));
    const model = {
      format: 'graph-model',
      modelTopology: { node: this.nodes, library: {}, versions: {} },
      weightsManifest: [{ paths: [file], weights: this.weights }],
      userDefinedMetadata,
    };
    writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  }
}

function shape(sizes: readonly number[]): { readonly shape: object } {
  return { shape: { dim: sizes.map((size) => ({ size: String(size) })) } };
}

function list(values: readonly number[]): object {
  return { list: { i: values.map(String) } };
}

// Texts of a graph are base64 in its JSON form.
function text(value: string): object {
  return { s: Buffer.from(value).toString('base64') };
}
