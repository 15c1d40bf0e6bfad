import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { IMAGENET_PIXELS } from '@featuremine/backbone-pretrain';
import { retinanetLevels } from '@featuremine/boxes';
import type { StoredWeights } from '@featuremine/graph-export';
import type { DetectionResize } from '@featuremine/vision-data';
import { anchorShapesOf } from '../architecture';
import type { PostProcessSettings } from '../post-process';
import type { StoredDetector } from '../read-detector';
import { SIZE_MULTIPLE } from './input-size';
import type { InputSize } from './input-size';

const { version } = createRequire(__filename)('../../package.json') as { version: string };

/** What is written into an export besides its weights. */
export interface MetadataOptions {
  readonly inputSize: InputSize;
  readonly resize: DetectionResize;
  readonly layout: 'NHWC' | 'NCHW';
  readonly postProcessing: 'inside' | 'outside';
  readonly settings: PostProcessSettings;
  readonly weights: StoredWeights;
  /** Options of the training that are told, by name. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** Everything that must be known to use an exported detector; packages/graph-export/README.md describes the form. */
export function detectorMetadata(stored: StoredDetector, options: MetadataOptions): Record<string, unknown> {
  const { config } = stored;
  const { settings, postProcessing } = options;
  return {
    task: 'detection',
    formatVersion: 1,
    classNames: config.classNames,
    input: inputMetadata(config.pixels, options),
    preprocessing: { mean: IMAGENET_PIXELS.mean, std: IMAGENET_PIXELS.std, place: 'in the graph' },
    postProcessing,
    outputs: postProcessing === 'outside' ? OUTSIDE : INSIDE,
    anchors: anchorsOf(stored),
    scoreThreshold: settings.scoreThreshold,
    nmsThreshold: settings.iouThreshold,
    detectionsPerImage: settings.maxDetections,
    topkCandidates: settings.candidatesPerLevel,
    weights: options.weights,
    provenance: provenanceOf(stored, options.recipe),
  };
}

/** What made the weights: this program, the file's hash, the architecture and the training's options. */
function provenanceOf(
  { config, file }: StoredDetector,
  recipe: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return {
    producer: `@featuremine/retinanet ${version}`,
    weightsFile: basename(file),
    weightsSha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    architecture: config.architecture,
    recipe,
  };
}

const OUTSIDE = {
  logits: { name: 'logits', layout: '[1, R, K]', hasBackground: false, activation: 'sigmoid' },
  deltas: { name: 'deltas', layout: '[1, R, 4]', coding: 'dx, dy, dw, dh' },
};

const INSIDE = {
  boxes: { name: 'boxes', layout: '[D, 4]', coding: 'x1, y1, x2, y2 in pixels of the input' },
  scores: { name: 'scores', layout: '[D]' },
  labels: { name: 'labels', layout: '[D]', coding: 'places in classNames' },
};

function inputMetadata(pixels: 'uint8' | 'float32', { inputSize, resize, layout }: MetadataOptions): object {
  const sides = inputSize === 'dynamic' ? [-1, -1] : [inputSize.height, inputSize.width];
  return {
    name: 'images',
    shape: layout === 'NHWC' ? [1, ...sides, 3] : [1, 3, ...sides],
    layout,
    range: '0..255 RGB',
    sizeMultiple: SIZE_MULTIPLE,
    resize: publicResize(resize),
    pixels,
    padding: IMAGENET_PIXELS.mean.map((mean) => Number((mean * 255).toFixed(6))),
  };
}

function publicResize(resize: DetectionResize): object {
  switch (resize.kind) {
    case 'longest-side':
      return { kind: 'fit', size: resize.size };
    case 'stretch':
      return resize;
    case 'min-max':
      return { kind: 'torchvision', minSize: [resize.minSize].flat().at(-1), maxSize: resize.maxSize };
  }
}

function anchorsOf({ config }: StoredDetector): object {
  const shapes = anchorShapesOf(config.architecture);
  const side = 1024; // divisible by all strides
  const levels = retinanetLevels(side, side, shapes);
  return {
    strides: levels.map(({ strideX }) => strideX),
    sizes: levels.map(({ sizes }) => sizes),
    ratios: shapes.ratios,
  };
}
