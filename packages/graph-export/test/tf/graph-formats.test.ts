import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledModel, GraphDefMessage, tf } from '@featuremine/tensor-graph';
import type { HostTensor } from '@featuremine/tensor-graph';
import { GRAPH_FORMATS, graphFormatIn, openGraph, writeGraph } from '../../src/graph-formats';
import { largestDifference } from '../../src/largest-difference';
import { recordGraph } from '../../src/record-graph';
import { nodesOf } from '../../src/rewrite';
import { toOnnx } from '../../src/to-onnx';
import { toTensorflow } from '../../src/to-tensorflow';
import { network, values, variables } from './small-network';

jest.setTimeout(60_000);

// Sums of some hundred products in another order.
const TOLERANCE = 2e-5;

const folder = mkdtempSync(join(tmpdir(), 'graph-export-'));
const model = new CompiledModel({ variables, seed: 0 });
const evaluate = model.evaluation('network', network);
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true });
});

function images(height: number, width: number): HostTensor {
  const data = Float32Array.from({ length: height * width * 3 }, (_, i) => (i * 7919) % 256);
  return { dtype: 'float32', shape: [1, height, width, 3], data };
}

const fixed = () => recordGraph(network, { variables, values, shapes: [[1, 40, 48, 3]] });
const open = () => recordGraph(network, { variables, values, shapes: [[1, 40, 48, 3], [1, 64, 56, 3]] }); // prettier-ignore

async function expectEqual(graphFolder: string, format: (typeof GRAPH_FORMATS)[number], sides: [number, number][]) {
  const runner = await openGraph(format, graphFolder);
  try {
    for (const [height, width] of sides) {
      const input = images(height, width);
      const [expected, found] = [await evaluate({ images: input }), await runner.run({ images: input })];
      for (const name of ['rows', 'logits', 'shares', 'cellShares']) {
        expect(found[name].shape).toEqual(expected[name].shape);
        expect(largestDifference(found[name].data, expected[name].data)).toBeLessThan(TOLERANCE);
      }
    }
  } finally {
    await runner.close();
  }
}

describe.each(GRAPH_FORMATS)('writeGraph, %s', (format) => {
  it('gives what the network gives, in the runtime of the format', async () => {
    const to = { format, folder: join(folder, format) };
    writeGraph(await fixed(), to, { metadata: {}, weights: 'float32' });
    expect(graphFormatIn(to.folder)).toBe(format);
    await expectEqual(to.folder, format, [[40, 48]]);
  });

  it('takes images of any size, where the graph was recorded at two', async () => {
    const to = { format, folder: join(folder, `${format}-open`) };
    writeGraph(await open(), to, { metadata: {}, weights: 'float32' });
    await expectEqual(to.folder, format, [[40, 48], [24, 72], [80, 16]]); // prettier-ignore
  });
});

describe('recordGraph', () => {
  it('has the batch norms in the convolutions, and the padding too', async () => {
    const kinds = nodesOf(await fixed()).map(({ operation }) => operation.kind);
    expect(kinds.filter((kind) => kind === 'conv2d')).toHaveLength(4);
    expect(kinds).not.toContain('pad');
    // Outside of the group norm's own: one for the input's normalisation, and none for batch norms.
    expect(kinds.filter((kind) => kind === 'multiply')).toHaveLength(5);
  });

  it('names what depends on the size of the images', async () => {
    const recording = recordGraph(
      (_step, inputs) => ({ mean: tf.mul(tf.sum(inputs['images']), 1 / inputs['images'].shape[1]!) }),
      { variables, values, shapes: [[1, 8, 8, 3], [1, 16, 16, 3]] }, // prettier-ignore
    );
    await expect(recording).rejects.toThrow('it depends on the size of the images');
  });

  it('names an op that no format has', async () => {
    const recording = recordGraph((_step, { images: x }) => ({ y: tf.sin(x) }), {
      variables,
      values,
      shapes: [[1, 8, 8, 3]],
    });
    await expect(recording).rejects.toThrow('op Sin');
  });
});

describe('toOnnx', () => {
  it('transposes nothing but the rows of predictions', async () => {
    const { nodes } = toOnnx(await fixed(), {});
    expect(nodes.filter(({ opType }) => opType === 'Transpose')).toHaveLength(2); // rows, cellShares
    expect(nodes.filter(({ opType }) => opType === 'Pad')).toHaveLength(0);
  });
});

describe('toTensorflow, for tfjs', () => {
  it('has one op for a convolution with bias and ReLU', async () => {
    const ops = toTensorflow(await fixed(), 'tfjs').node.map(({ op }) => op);
    expect(ops.filter((op) => op === '_FusedConv2D')).toHaveLength(3);
    expect(ops).not.toContain('BiasAdd');
  });

  it('has only ops of which the wasm, WebGL and WebGPU backends list a kernel', async () => {
    const ops = [await fixed(), await open()].flatMap((graph) => toTensorflow(graph, 'tfjs').node.map(({ op }) => op));
    const checked = 'Placeholder Const Identity Shape _FusedConv2D Conv2D MaxPool Relu Square Rsqrt AddV2 Sub Mul Mean Sum Reshape Tile StridedSlice PadV2 ResizeNearestNeighbor MatMul Softmax'; // prettier-ignore
    expect([...new Set(ops)].filter((op) => !checked.split(' ').includes(op))).toEqual([]);
  });
});

describe('writeGraph', () => {
  it('writes a SavedModel of one file without variables', async () => {
    const to = { format: 'saved-model', folder: join(folder, 'one-file') } as const;
    writeGraph(await fixed(), to, { metadata: {}, weights: 'float32' });
    expect(readdirSync(to.folder)).toEqual(['saved_model.pb']);
    const ops = GraphDefMessage.decode(GraphDefMessage.encode(toTensorflow(await fixed(), 'tensorflow'))).node;
    expect(ops.filter(({ op }) => /Var|Assign/.test(op))).toEqual([]);
  });

  it('puts the metadata into each file', async () => {
    const graph = await fixed();
    for (const format of GRAPH_FORMATS) {
      const to = { format, folder: join(folder, `told-${format}`) };
      const [first, ...others] = writeGraph(graph, to, { metadata: { classNames: ['wombat'] }, weights: 'float32' });
      const file = format === 'tfjs' ? others.at(-1)! : first;
      expect(readFileSync(join(to.folder, file)).includes('"classNames":["wombat"]')).toBe(true);
    }
  });

  it('stores tfjs weights in a half and a quarter of the bytes, and replaces an earlier export', async () => {
    const graph = await fixed();
    const to = { format: 'tfjs', folder: join(folder, 'small') } as const;
    const sizes = (['float32', 'float16', 'uint8'] as const).map((weights) => {
      writeGraph(graph, to, { metadata: {}, weights });
      return readdirSync(to.folder)
        .filter((name) => name.endsWith('.bin'))
        .reduce((sum, name) => sum + statSync(join(to.folder, name)).size, 0);
    });
    const filters = [7 * 7 * 3 * 8, 3 * 3 * 8 * 8, 3 * 3 * 8 * 8, 3 * 3 * 8 * 6, 8 * 5].reduce((a, b) => a + b);
    expect(sizes[0] - sizes[1]).toBe(2 * filters);
    expect(sizes[0] - sizes[2]).toBe(3 * filters);
  });

  it('names a folder that cannot be written', async () => {
    const graph = await fixed();
    const to = { format: 'onnx', folder: '/dev/null/export' } as const;
    expect(() => writeGraph(graph, to, { metadata: {}, weights: 'float32' })).toThrow(
      '/dev/null/export: the export cannot be written',
    );
  });
});
