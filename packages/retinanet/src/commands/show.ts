import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { escapeMarkup, figureGrid, htmlPage } from '@featuremine/training';
import type { PageSection } from '@featuremine/training';
import { createWorkerPool, detectionBatches, detectionSamplesOf } from '@featuremine/vision-data';
import type { DetectionSample, WorkerPool } from '@featuremine/vision-data';
import { writeFileAtomic } from '@featuremine/files';
import { z } from 'zod';
import { readDetectionSet, setField, sourceFields, sourceName } from '../data-source';
import { detectingBy, detectSamples } from '../detect-samples';
import { readDetectorConfig } from '../detector-config';
import type { DetectorConfig } from '../detector-config';
import { openDetector } from '../open-detector';
import { resizeFrom } from '../resize-option';
import { annotatedFigure, predictedFigure } from '../show/image-figure';
import { trainingFigure, trainingViews } from '../show/training-view';
import type { TrainingView } from '../show/training-view';
import { badBoxField, sizeFields, trainSchema } from '../train-options';
import { augmentationOf, matchingOf } from '../training-batches';
import { planAnchors, planResize } from '../training-plan';

const { shape } = trainSchema;
const schema = z.object({
  ...sourceFields,
  set: setField,
  onBadBox: badBoxField.default('skip'),
  ...sizeFields,
  anchorSizes: shape.anchorSizes,
  anchorRatios: shape.anchorRatios,
  flip: shape.flip,
  verticalFlip: shape.verticalFlip,
  colourJitter: shape.colourJitter,
  difficult: shape.difficult,
  seed: shape.seed,
  run: z.string().optional().describe('Run folder: its classes, size and anchors are taken, its predictions are shown'),
  scoreThreshold: z.number().min(0).max(1).default(0.3).describe('Predictions at or below this score are left out'),
  limit: z.number().int().min(1).default(24).describe('So many images, drawn from the set'),
  out: z.string().min(1).describe('Folder for show.html'),
});
type ShowOptions = z.output<typeof schema>;

/** `retinanet show`: a data set as it is annotated, as training sees it and as a detector sees it, on one page. */
export const showCommand: Command = defineCommand({
  name: 'show',
  summary: 'Images as annotated, as training sees them (augmented, with matched anchors), and predictions, as one page',
  examples: [
    'retinanet show --voc VOCdevkit --set 2007/train --image-size 320 --out shown',
    'retinanet show --voc VOCdevkit --set 2007/test --run runs/voc --out shown',
  ],
  schema,
  async run(options, context) {
    const known = options.run === undefined ? undefined : readDetectorConfig(options.run);
    const names = options.classes ?? known?.classNames;
    const part = { flag: '--set', sets: options.set };
    const { images, classNames } = readDetectionSet(options, part, {
      onBadBox: options.onBadBox,
      ...(names ? { classes: names } : {}),
    });
    const samples = detectionSamplesOf(images);
    const pool = createWorkerPool({ workers: 0 });
    try {
      const { views, figures, shown } = await trainingExamples(samples, { options, known, classNames, pool });
      const sections: PageSection[] = [
        annotatedSection(await Promise.all(shown.map((sample) => annotatedFigure(sample, classNames))), classNames),
        trainingSection(figures),
      ];
      if (options.run !== undefined) {
        sections.push(predictedSection(await predictions(shown, { options, run: options.run, pool }), options));
      }
      const path = join(options.out, 'show.html');
      mkdirSync(options.out, { recursive: true });
      writeFileAtomic(path, htmlPage(sourceName(options, part), sections));
      context.output({
        report: path,
        images: views.map(({ file, objects, foreground, ignored }) => ({
          file,
          objects: objects.length,
          foreground,
          ignored,
        })),
      });
      context.print(`${path}: ${views.length} images`);
    } finally {
      await pool.close();
    }
  },
});

async function trainingExamples(
  samples: readonly DetectionSample[],
  parts: {
    readonly options: ShowOptions;
    readonly known: DetectorConfig | undefined;
    readonly classNames: readonly string[];
    readonly pool: WorkerPool;
  },
): Promise<{ views: TrainingView[]; figures: string[]; shown: DetectionSample[] }> {
  const { options, known, classNames, pool } = parts;
  const anchors = planAnchors(options, known?.architecture.anchors);
  const views: TrainingView[] = [];
  const figures: string[] = [];
  const shown: DetectionSample[] = [];
  const batches = detectionBatches(samples, {
    pool,
    batchSize: 1,
    seed: options.seed,
    epoch: 0,
    order: 'shuffled',
    lastBatch: 'short',
    resize: planResize(options, known?.resize),
    pixels: 'uint8',
    augmentation: augmentationOf(options),
    matching: matchingOf(options, anchors),
  });
  for await (const batch of batches) {
    const [view] = trainingViews(batch, anchors);
    views.push(view);
    figures.push(await trainingFigure(batch, 0, { view, classNames }));
    shown.push(samples[batch.indices[0]]);
    if (views.length === options.limit) break;
  }
  return { views, figures, shown };
}

async function predictions(
  shown: readonly DetectionSample[],
  { options, run, pool }: { readonly options: ShowOptions; readonly run: string; readonly pool: WorkerPool },
): Promise<string[]> {
  const detector = await openDetector({ run }, { resize: resizeFrom(options) });
  const figures: string[] = [];
  try {
    const { scoreThreshold } = options;
    const detecting = { ...detectingBy(detector), batchSize: 1, pool, settings: { scoreThreshold } };
    for await (const { index, detections } of detectSamples(shown, detecting)) {
      figures.push(await predictedFigure(shown[index], detector.classNames, detections));
    }
  } finally {
    await detector.close();
  }
  return figures;
}

function annotatedSection(figures: readonly string[], classNames: readonly string[]): PageSection {
  const note = `Classes: ${classNames.join(', ')}. Difficult objects are dashed.`;
  return { title: 'As annotated', body: `<p>${escapeMarkup(note)}</p>${figureGrid(figures)}` };
}

function trainingSection(figures: readonly string[]): PageSection {
  const note =
    'Augmented and resized. Solid: objects, decoded from the targets. ' +
    'Dashed: anchors that are matched to them (at most 40 of an image).';
  return { title: 'As training sees them', body: `<p>${note}</p>${figureGrid(figures)}` };
}

function predictedSection(figures: readonly string[], { run, scoreThreshold }: ShowOptions): PageSection {
  const note = `Solid: what ${run} finds with a score above ${scoreThreshold}. Dashed: what is annotated.`;
  return { title: 'As the detector sees them', body: `<p>${escapeMarkup(note)}</p>${figureGrid(figures)}` };
}
