import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { figureGrid, htmlPage } from '@featuremine/training';
import type { PageSection } from '@featuremine/training';
import { createWorkerPool, detectionBatches, detectionSamplesOf } from '@featuremine/vision-data';
import type { VocImageSet } from '@featuremine/voc';
import { z } from 'zod';
import { readDetectionSet, setField, sourceFields, sourceName } from '../data-source';
import { readDetectorConfig } from '../detector-config';
import { badBoxField, sizeFields, trainSchema } from '../train-options';
import { planResize } from '../training-plan';
import { trainingFigure, trainingViews } from '../training-view';
import type { TrainingView } from '../training-view';

const { shape } = trainSchema;
const schema = z.object({
  ...sourceFields,
  set: setField,
  onBadBox: badBoxField.default('skip'),
  ...sizeFields,
  flip: shape.flip,
  colourJitter: shape.colourJitter,
  difficult: shape.difficult,
  seed: shape.seed,
  run: z.string().optional().describe('Run folder whose classes and image size are taken'),
  limit: z.number().int().min(1).default(24).describe('So many images, drawn from the set'),
  out: z.string().min(1).describe('Folder for show.html'),
});

/** `retinanet show`: what training sees, as one page. */
export const showCommand: Command = defineCommand({
  name: 'show',
  summary: 'What training sees: augmented images, the objects behind the targets, and the matched anchors, as one page',
  examples: ['retinanet show --voc VOCdevkit --set 2007/train --image-size 320 --out shown'],
  schema,
  async run(options, context) {
    const known = options.run === undefined ? undefined : readDetectorConfig(options.run);
    const names = options.classes ?? known?.classNames;
    const part = { flag: '--set', sets: options.set };
    const imageSet = readDetectionSet(options, part, {
      onBadBox: options.onBadBox,
      ...(names ? { classes: names } : {}),
    });
    const hasSize = (options.imageSize ?? options.minSize ?? options.maxSize) !== undefined;
    const resize = known && !hasSize ? known.resize : planResize(options);
    const pool = createWorkerPool({ workers: 0 });
    const figures: string[] = [];
    const views: TrainingView[] = [];
    try {
      const batches = detectionBatches(detectionSamplesOf(imageSet.images), {
        pool,
        batchSize: 1,
        seed: options.seed,
        epoch: 0,
        order: 'shuffled',
        lastBatch: 'short',
        resize,
        pixels: 'uint8',
        augmentation: {
          flipProbability: options.flip,
          ...(options.colourJitter ? { colourJitter: options.colourJitter } : {}),
        },
        matching: { difficult: options.difficult },
      });
      for await (const batch of batches) {
        const [view] = trainingViews(batch);
        views.push(view);
        figures.push(await trainingFigure(batch, 0, { view, classNames: imageSet.classNames }));
        if (views.length === options.limit) break;
      }
    } finally {
      await pool.close();
    }
    const path = join(options.out, 'show.html');
    mkdirSync(options.out, { recursive: true });
    writeFileSync(
      path,
      htmlPage(`What training sees of ${sourceName(options, part)}`, [imageSection(figures, imageSet)]),
    );
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
  },
});

function imageSection(figures: readonly string[], { classNames }: VocImageSet): PageSection {
  const note =
    'Solid: objects, decoded from the targets. Dashed: anchors that are matched to them (at most 40 of an image).';
  return { title: `Classes: ${classNames.join(', ')}`, body: `<p>${note}</p>${figureGrid(figures)}` };
}
