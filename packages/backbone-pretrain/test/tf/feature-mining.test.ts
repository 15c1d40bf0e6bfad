import { Random } from '@featuremine/random';
import {
  firstValues,
  softmaxCrossEntropy,
  tf,
  type FunctionInputs,
  type HostTensor,
  type StepContext,
  type VariableSpec,
} from '@featuremine/tensor-graph';
import { differing } from '../../../../test/support/distance';
import { withStockKernels } from '../../../../test/support/stock-kernels';
import { trainedVariables } from '../../../../test/support/trained-variables';
import { trainingStep } from '../../src/classification-steps';
import { createNetwork } from '../../src/create-network';
import { featureMining } from '../../src/feature-mining/feature-mining';
import { boxMask, drawMiningBox } from '../../src/feature-mining/mining-box';
import { boxMining } from '../../src/feature-mining/mining-kind';

/** A step whose variables are given; nothing is recorded. */
function stepOf(variables: Readonly<Record<string, tf.Tensor>>): StepContext {
  return { isTraining: true, variable: (name) => variables[name], assign: () => undefined };
}

function initialTensors(variables: readonly VariableSpec[]): Record<string, tf.Tensor> {
  const entries = variables.map((v) => [v.name, tf.tensor(firstValues(v, Random.of(3, v.name)), [...v.shape])]);
  return Object.fromEntries(entries) as Record<string, tf.Tensor>;
}

function tensorOf({ shape, data }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape]);
}

function randomTensor(shape: readonly number[]): tf.Tensor {
  const random = Random.of(5, ...shape);
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    [...shape],
  );
}

/** max|a − b| / max|b|. */
function difference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(a, b))), tf.max(tf.abs(b))).dataSync()[0]);
}

jest.setTimeout(120_000);

describe('featureMining', () => {
  it('trains a network, compiled, to the weights of eager execution', async () => {
    const network = createNetwork('resnet20', { numClasses: 3 });
    const mining = featureMining(network, { stages: 2, imageSize: 32 });
    const pixels = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
    const run = trainingStep({ network, mining, pixels, labelSmoothing: 0.1 });
    const batch = (step: number): FunctionInputs => {
      const random = Random.of(5, 'batch', step);
      const data = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, () => random.integer(256));
      return {
        images: { dtype: 'uint8', shape: [4, 32, 32, 3], data },
        labels: { dtype: 'int32', shape: [4], data: Int32Array.of(0, 2, 1, step % 3) },
        ...mining.draw(1, step),
        learningRate: 0.01,
      };
    };
    const variables = [...network.variables, ...mining.variables];
    const training = { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4 } } as const;
    const trained = (eager: boolean, steps: readonly number[]): Promise<Map<string, Float32Array>> =>
      trainedVariables({ variables, seed: 1, eager }, run, training, steps.map(batch));
    const first = await trained(true, [0]);
    expect(first.size).toBeGreaterThan(100);
    expect(differing(await trained(false, [0]), first, 2e-5)).toEqual([]);
    // Own kernels round otherwise: over more steps some value passes a ReLU on one side alone, and gradients part.
    const steps = [0, 1, 2, 3, 4];
    const eager = await trained(true, steps);
    const compiled = await withStockKernels(() => trained(false, steps));
    expect(differing(compiled, eager, 1e-4)).toEqual([]);
  });

  const network = createNetwork('resnet18', { numClasses: 3, stem: 32 });
  const labels = tf.tensor1d([0, 2], 'int32');

  it('equals the direct form, which pools masked copies, in loss and gradients', () => {
    const mining = featureMining(network, { stages: 2, imageSize: 56 });
    const variables = initialTensors([...mining.variables, ...network.variables.slice(-2)]);
    // Step 2 has boxes that are not empty on both stages.
    const drawn = mining.draw(1, 2);
    const inputs = Object.fromEntries(Object.entries(drawn).map(([name, value]) => [name, tensorOf(value)]));
    const maps = [64, 128, 256, 512].map((channels, i) => randomTensor([2, 56 >> i, 56 >> i, channels]));

    const pooled = (early: tf.Tensor, last: tf.Tensor): tf.Scalar => {
      const heads = mining.heads(stepOf(variables), [maps[0], maps[1], early, last], inputs);
      return tf.addN(heads.map(({ logits }) => softmaxCrossEntropy(logits, labels))).asScalar();
    };
    const classify = (map: tf.Tensor, name: string): tf.Tensor => {
      const logits = tf.add(tf.matMul(tf.mean(map, [1, 2]), variables[`${name}.weight`]), variables[`${name}.bias`]);
      return softmaxCrossEntropy(logits, labels);
    };
    const direct = (early: tf.Tensor, last: tf.Tensor): tf.Scalar => {
      const losses = [classify(last, 'fc')];
      for (const [name, map] of [
        ['layer3', early],
        ['layer4', last],
      ] as const) {
        const size = { height: map.shape[1]!, width: map.shape[2]! };
        const box = drawMiningBox(size, Random.of(1, 'feature-mining', name, 2));
        expect((box.right - box.left) * (box.bottom - box.top)).toBeGreaterThan(0);
        const mask = tf.tensor(boxMask(size, box), [1, size.height, size.width, 1]);
        losses.push(classify(tf.mul(map, mask), `fm.${name}.inside`));
        losses.push(classify(tf.mul(map, tf.sub(1, mask)), `fm.${name}.outside`));
      }
      return tf.addN(losses).asScalar();
    };

    const a = tf.valueAndGrads(pooled)([maps[2], maps[3]]);
    const b = tf.valueAndGrads(direct)([maps[2], maps[3]]);
    // Sums of 49 and 196 float32 products in another order.
    expect(difference(a.value, b.value)).toBeLessThan(1e-6);
    expect(difference(a.grads[0], b.grads[0])).toBeLessThan(1e-5);
    expect(difference(a.grads[1], b.grads[1])).toBeLessThan(1e-5);
  });

  it('has two heads for each mined stage, and a third at earlier stages on request', () => {
    const names = (stages: 1 | 2 | 3, hasEarlyFullHead = false): string[] =>
      featureMining(network, { stages, imageSize: 64, hasEarlyFullHead })
        .variables.map(({ name }) => name)
        .filter((name) => name.endsWith('.weight'));
    expect(names(1)).toEqual(['fm.layer4.inside.weight', 'fm.layer4.outside.weight']);
    expect(names(3)).toHaveLength(6);
    expect(names(2, true)).toEqual([
      'fm.layer3.inside.weight',
      'fm.layer3.outside.weight',
      'fm.layer3.full.weight',
      'fm.layer4.inside.weight',
      'fm.layer4.outside.weight',
    ]);
  });

  it('draws other boxes for other steps, stages and seeds, and the same for the same', () => {
    const mining = featureMining(network, { stages: 2, imageSize: 128 });
    const text = (seed: number, step: number): string => [...mining.draw(seed, step)['mining.layer4'].data].join();
    expect(text(1, 2)).toBe(text(1, 2));
    expect(new Set([text(1, 2), text(1, 3), text(2, 2)]).size).toBe(3);
    expect(mining.draw(1, 2)['mining.layer3'].shape).toEqual([2, 32 * 32]);
  });

  it('refuses maps without room for two parts, by the name of the stage', () => {
    const imagenet = createNetwork('resnet50', { numClasses: 3 });
    expect(() => featureMining(imagenet, { stages: 1, imageSize: 64 })).toThrow(
      'feature-mining, layer4 of resnet50: its map is 2x2 at an image size of 64, expected at least 3x3, better 4x4, ' +
        'so that a box and the rest both hold something. Pass --image-size 128 (smaller images are resized), ' +
        'or --set stem=32, or --feature-mining 0.',
    );
    expect(() => featureMining(imagenet, { stages: 1, imageSize: 32 })).toThrow(/1x1/);
  });

  it('warns of maps of three cells, which 96 pixels give', () => {
    const imagenet = createNetwork('resnet50', { numClasses: 3 });
    expect(featureMining(imagenet, { stages: 1, imageSize: 96 }).warnings).toHaveLength(1);
    expect(featureMining(imagenet, { stages: 1, imageSize: 128 }).warnings).toEqual([]);
  });

  it('is the plain classifier with no stage', () => {
    const mining = featureMining(network, { stages: 0, imageSize: 32 });
    expect(mining.variables).toEqual([]);
    expect(mining.draw(1, 1)).toEqual({});
  });
});

describe('boxMining', () => {
  it('pools the whole map as the sum of its parts', () => {
    const map = randomTensor([2, 7, 7, 5]);
    const drawn = boxMining.draw({ height: 7, width: 7, channels: 5 }, Random.of(1));
    expect(difference(boxMining.pool(map, tensorOf(drawn)).full, tf.mean(map, [1, 2]))).toBeLessThan(1e-6);
  });
});
