import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GRAPH_FORMATS, largestDifference, openGraph, recordGraph, writeGraph } from '@featuremine/graph-export';
import { Random } from '@featuremine/random';
import { CompiledModel, firstValues } from '@featuremine/tensor-graph';
import { evaluationStep } from '../../src/classification-steps';
import { createNetwork, NETWORK_NAMES } from '../../src/create-network';
import { pixelStatistics } from '../../src/pixel-statistics';

// Minutes of writing and loading: with FEATUREMINE_LONG=1 only. ResNet-20 is exported in export.test.ts.
const each = process.env['FEATUREMINE_LONG'] === '1' ? describe.each(NETWORK_NAMES) : describe.skip.each(NETWORK_NAMES);

jest.setTimeout(300_000);

each('export of %s', (name) => {
  it('equals the network in every format, with batches of any size', async () => {
    const network = createNetwork(name, { numClasses: 7 });
    const evaluate = evaluationStep({ network, pixels: pixelStatistics(network) });
    const random = Random.of(3);
    const values = new Map(network.variables.map((variable) => [variable.name, firstValues(variable, random)]));
    const side = network.stages.length === 4 ? 64 : 32;
    const folder = mkdtempSync(join(tmpdir(), 'export-networks-'));
    const model = new CompiledModel({ variables: network.variables, seed: 0 });
    try {
      await model.writeVariables(values);
      const graph = await recordGraph((step, inputs) => ({ logits: evaluate(step, inputs)['networkLogits'] }), {
        variables: network.variables,
        values,
        shapes: [[2, side, side, 3], [3, side, side, 3]], // prettier-ignore
      });
      const data = Float32Array.from({ length: side * side * 3 }, (_, i) => (i * 7919) % 256);
      const images = { dtype: 'float32', shape: [1, side, side, 3], data } as const;
      const { logits: expected } = await model.evaluation('network', evaluate)({ images });
      // The logits of untrained networks are huge.
      const size = Math.max(...Array.from(expected.data, Math.abs));
      for (const format of GRAPH_FORMATS) {
        writeGraph(graph, { format, folder: join(folder, format) }, { metadata: {}, weights: 'float32' });
        const runner = await openGraph(format, join(folder, format));
        const { logits: found } = await runner.run({ images });
        await runner.close();
        expect(largestDifference(found.data, expected.data) / size).toBeLessThan(2e-5);
      }
    } finally {
      await model.dispose();
      rmSync(folder, { recursive: true });
    }
  });
});
