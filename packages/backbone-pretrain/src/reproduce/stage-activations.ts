import { normalizeImages, tf } from '@featuremine/tensor-graph';
import { lineChartFile } from '@featuremine/training';
import { stageMaps } from '../network';
import type { FigureFiles } from './figure-files';
import { someTestImages } from './test-images';
import { openTrainedNetwork, runTrained } from './trained-network';

const IMAGES = 64;
const THRESHOLD = 0.5;

/** What a stage's outputs for all images together are like. */
export interface StageActivations {
  /** Values above 0.5 per image. */
  readonly count: number;
  /** Their mean. */
  readonly mean: number;
}

/** A network's name and what was measured of each of its stages. */
export interface MeasuredStages {
  readonly title: string;
  readonly stages: readonly StageActivations[];
}

/** Figure 4: how many values above 0.5 each stage puts out for 64 held-out images, and how large they are. */
export function activationFigure(networks: readonly MeasuredStages[]): FigureFiles {
  const lines = ['network,stage,values above 0.5 per image,their mean'];
  for (const { title, stages } of networks) {
    stages.forEach(({ count, mean }, stage) =>
      lines.push([title, stage + 1, count.toFixed(1), mean.toFixed(5)].join()),
    );
  }
  const svg = lineChartFile({
    title: 'Activations above 0.5 of 64 held-out images',
    xLabel: 'stage',
    yLabel: 'values per image',
    series: networks.map(({ title, stages }) => ({
      label: title,
      x: stages.map((_, stage) => stage + 1),
      y: stages.map(({ count }) => count),
    })),
  });
  return { svg, csv: `${lines.join('\n')}\n` };
}

/** Measures the network of a finished run, stage by stage. Errors as `openTrainedNetwork`. */
export async function stageActivations(run: string): Promise<StageActivations[]> {
  const trained = await openTrainedNetwork(run);
  const { network, model, pixels, test } = trained;
  try {
    const { images } = await someTestImages(test, { count: IMAGES, seed: 0 });
    const outputs = await runTrained(
      trained,
      'activations',
      (step, inputs) => {
        const maps = stageMaps(network, step, normalizeImages(inputs['images'], pixels.mean, pixels.std));
        return Object.fromEntries(
          maps.flatMap((map, stage) => {
            const isHigh = tf.cast(tf.greater(map, THRESHOLD), 'float32');
            return [
              [`count${stage}`, tf.sum(isHigh)],
              [`sum${stage}`, tf.sum(tf.mul(map, isHigh))],
            ];
          }),
        );
      },
      images,
    );
    return network.stages.map((_, stage) => {
      const [count, sum] = [outputs[`count${stage}`].data[0], outputs[`sum${stage}`].data[0]];
      return { count: count / IMAGES, mean: count === 0 ? 0 : sum / count };
    });
  } finally {
    await model.dispose();
  }
}
