import { escapeMarkup } from '@featuremine/training';
import { normalizeImages } from '@featuremine/tensor-graph';
import type { ClassificationData } from '../classification-data';
import { stageMaps } from '../network';
import type { FigureFiles } from './figure-files';
import { pngDataUri } from './png';
import { someTestImages } from './test-images';
import { openTrainedNetwork, runTrained } from './trained-network';

const IMAGES = 4;
const CELL = 130;
const GAP = 10;
const TOP = 26;

/** Where a network finds an image's class. */
export interface ClassActivation {
  readonly className: string;
  /** [side · side], 0…1. */
  readonly heat: readonly number[];
  readonly side: number;
}

/** A network's name and what it sees in each image. */
export interface MappedNetwork {
  readonly title: string;
  readonly activations: readonly ClassActivation[];
}

/**
 * Figure 2: where in an image each network finds its class, as class activation maps: the last stage's map, weighted
 * by the classifier's weights of the image's class. `images` are those that `classActivations` saw, as data URIs.
 *
 * Source: Zhou et al., Learning deep features for discriminative localization, 2016.
 */
export function activationMapFigure(networks: readonly MappedNetwork[], images: readonly string[]): FigureFiles {
  const lines = ['network,image,class,row,column,activation'];
  for (const { title, activations } of networks) {
    activations.forEach(({ heat, side, className }, image) =>
      heat.forEach((value, i) =>
        lines.push([title, image, JSON.stringify(className), Math.floor(i / side), i % side, value.toFixed(4)].join()),
      ),
    );
  }
  return { svg: svgOf(networks, images), csv: `${lines.join('\n')}\n` };
}

/** The held-out images that the figure shows, as data URIs. Errors as `openTestData`. */
export async function shownImages(test: ClassificationData): Promise<string[]> {
  const { images } = await someTestImages(test, { count: IMAGES, seed: 0 });
  const [size, sizeBytes] = [test.imageSize, test.imageSize ** 2 * 3];
  return Array.from({ length: IMAGES }, (_, i) =>
    pngDataUri({ width: size, height: size, data: images.data.subarray(i * sizeBytes, (i + 1) * sizeBytes) }),
  );
}

/** The activation of a class at each cell, [side · side], scaled to 0…1; `map` [side, side, C], `weights` [C, K]. */
export function classActivation(
  map: Float32Array,
  weights: Float32Array,
  { label, channels, numClasses }: { readonly label: number; readonly channels: number; readonly numClasses: number },
): Float32Array {
  const heat = new Float32Array(map.length / channels);
  for (let cell = 0; cell < heat.length; cell++) {
    for (let c = 0; c < channels; c++) heat[cell] += map[cell * channels + c] * weights[c * numClasses + label];
  }
  const [low, high] = [Math.min(...heat), Math.max(...heat)];
  return heat.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Looks at the network of a finished run. Errors as `openTrainedNetwork`. */
export async function classActivations(run: string): Promise<ClassActivation[]> {
  const trained = await openTrainedNetwork(run);
  const { network, model, pixels, values, test } = trained;
  try {
    const { images, labels } = await someTestImages(test, { count: IMAGES, seed: 0 });
    const last = network.stages.length - 1;
    const outputs = await runTrained(
      trained,
      'last-map',
      (step, inputs) => ({
        map: stageMaps(network, step, normalizeImages(inputs['images'], pixels.mean, pixels.std))[last],
      }),
      images,
    );
    const weights = values.get(`${network.classifier}.weight`)!;
    const [, side, , channels] = outputs['map'].shape as [number, number, number, number];
    return Array.from({ length: IMAGES }, (_, i) => {
      const map = (outputs['map'].data as Float32Array).subarray(
        i * side ** 2 * channels,
        (i + 1) * side ** 2 * channels,
      );
      const label = labels.data[i];
      const heat = classActivation(map, weights, { label, channels, numClasses: network.numClasses });
      return { className: test.dataset.classNames[label], heat: Array.from(heat, rounded), side };
    });
  } finally {
    await model.dispose();
  }
}

// Four digits, as in the CSV file.
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function svgOf(networks: readonly MappedNetwork[], images: readonly string[]): string {
  const width = GAP + networks.length * (CELL + GAP);
  const height = TOP + IMAGES * (CELL + 2 * GAP + 8);
  const at = (column: number): number => GAP + column * (CELL + GAP);
  const parts = networks.map(({ title }, i) => text(at(i) + CELL / 2, 17, title));
  networks.forEach(({ activations }, column) =>
    activations.forEach(({ heat, side, className }, row) => {
      const y = TOP + row * (CELL + 2 * GAP + 8);
      const place = `x="${at(column)}" y="${y}" width="${CELL}" height="${CELL}" preserveAspectRatio="none"`;
      parts.push(`<image ${place} href="${images[row]}"/>`, `<image ${place} href="${heatImage(heat, side)}"/>`);
      if (column === 0) parts.push(text(at(0) + CELL / 2, y + CELL + 13, className.slice(0, 24)));
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="system-ui,sans-serif" font-size="12" role="img" aria-label="Class activation maps">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

// Red where the class is found, and more opaque there.
function heatImage(heat: readonly number[], side: number): string {
  const data = new Uint8Array(4 * heat.length);
  heat.forEach((value, i) => data.set([255, Math.round(200 * (1 - value)), 0, Math.round(30 + 150 * value)], 4 * i));
  return pngDataUri({ width: side, height: side, data });
}

function text(x: number, y: number, content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="middle">${escapeMarkup(content)}</text>`;
}
