import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand, formatTable, startProgress } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { createWorkerPool } from '@featuremine/vision-data';
import { trainingFields } from '@featuremine/training';
import { z } from 'zod';
import { detectingBy, detectSamples } from '../detect-samples';
import { detectorFields, detectorSource } from '../detector-source';
import { keepScoresFrom } from '../detections';
import { writeDrawnImage } from '../draw-detections';
import { findImages, samplesOfImages } from '../find-images';
import { namedDetections } from '../image-detections';
import { openDetector } from '../open-detector';
import { openPredictionsCoco, openPredictionsJson, outputNames, writePredictionVoc } from '../prediction-files';
import type { ImagePrediction, PredictionFile } from '../prediction-files';
import { resizeFrom } from '../resize-option';
import { sizeFields, testFlipField } from '../train-options';

const schema = z.object({
  images: z.array(z.string()).min(1).describe('Image files, folders of them, and patterns such as photos/**/*.jpg'),
  ...detectorFields,
  ...sizeFields,
  out: z.string().describe('Folder for what is found and the drawn images'),
  write: z
    .array(z.enum(['json', 'voc', 'coco']))
    .default(['json'])
    .describe('Files to write: predictions.json, annotations/*.xml as VOC has them, predictions-coco.json'),
  testFlip: testFlipField,
  scoreThreshold: z.number().min(0).max(1).default(0.05).describe('Detections at or below this score are dropped'),
  drawThreshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Detections from this score on are drawn, and written as VOC XML'),
  draw: z.boolean().default(true).describe('Write copies of the images with their detections; --no-draw leaves it out'),
  batchSize: z.number().int().min(1).default(1).describe('Images per step'),
  precision: z.enum(['float32', 'bfloat16']).default('float32').describe('Precision of the activations'),
  workers: trainingFields.workers,
});

/** `retinanet predict`: images in, detections as JSON, VOC XML, COCO JSON and drawings out. */
export const predictCommand: Command = defineCommand({
  name: 'predict',
  summary: 'Detect objects in images',
  examples: [
    'retinanet predict --run runs/voc photo.jpg more/ --out found',
    "retinanet predict --run runs/voc 'photos/**/*.jpg' --out found --write json,voc,coco",
    'retinanet predict --weights retinanet.safetensors --classes cat,dog --min-size 600 photo.jpg --out found --json',
  ],
  schema,
  positional: { key: 'images', describe: 'IMAGE', isArray: true },
  async run(options, context) {
    const resize = resizeFrom(options);
    const source = detectorSource(options, 'retinanet predict');
    const files = findImages(options.images);
    const samples = await samplesOfImages(files);
    const detector = await openDetector(source, {
      resize,
      precision: options.precision,
      normEpsilon: options.normEpsilon,
    });
    const pool = createWorkerPool({ workers: options.workers });
    const names = outputNames(files);
    const progress = startProgress({ label: 'detecting', total: samples.length });
    const rows: string[][] = [];
    let outputs: PredictOutputs | undefined;
    try {
      outputs = new PredictOutputs(options, { classNames: detector.classNames, json: context.json });
      const found = detectSamples(samples, {
        ...detectingBy(detector),
        isMirrored: options.testFlip,
        batchSize: options.batchSize,
        pool,
        settings: { scoreThreshold: options.scoreThreshold },
        onProgress: (done) => progress.update(done),
      });
      for await (const sample of found) {
        const file = files[sample.index];
        const name = names[sample.index];
        const image = { file, ...namedDetections(sample.size, sample.detections, detector.classNames) };
        outputs.add(image, name);
        if (!context.json) rows.push([file, summary(image, options.drawThreshold)]);
        if (!options.draw) continue;
        await writeDrawnImage(file, join(options.out, `${name}.jpg`), {
          size: sample.size,
          classNames: detector.classNames,
          detections: keepScoresFrom(sample.detections, options.drawThreshold),
        });
      }
      outputs.commit();
      await context.outputFile(outputs.jsonPath);
    } finally {
      progress.stop();
      outputs?.close();
      await pool.close();
      await detector.close();
    }
    const columns = [{ title: 'image' }, { title: `objects from score ${options.drawThreshold} on` }];
    context.print(formatTable({ columns, rows }));
  },
});

/** The files of a run of `predict`, written image by image. */
class PredictOutputs {
  readonly jsonPath: string;
  private readonly files: PredictionFile[] = [];

  constructor(
    private readonly options: {
      readonly out: string;
      readonly write: readonly string[];
      readonly drawThreshold: number;
    },
    result: { readonly classNames: readonly string[]; readonly json: boolean },
  ) {
    const { out, write } = options;
    mkdirSync(out, { recursive: true });
    this.jsonPath = join(out, write.includes('json') ? 'predictions.json' : `.predictions.${process.pid}.json`);
    if (write.includes('json') || result.json) this.files.push(openPredictionsJson(this.jsonPath));
    if (write.includes('coco')) {
      this.files.push(openPredictionsCoco(join(out, 'predictions-coco.json'), result.classNames));
    }
  }

  add(image: ImagePrediction, name: string): void {
    const { out, write, drawThreshold } = this.options;
    for (const file of this.files) file.add(image);
    if (write.includes('voc')) writePredictionVoc(join(out, 'annotations'), image, { name, threshold: drawThreshold });
  }

  /** All images are in the files. */
  commit(): void {
    for (const file of this.files) file.commit();
  }

  /** Removes what is unfinished, and what only --json wanted. */
  close(): void {
    for (const file of this.files) file.discard();
    if (!this.options.write.includes('json')) rmSync(this.jsonPath, { force: true });
  }
}

function summary({ detections }: ImagePrediction, threshold: number): string {
  const objects = detections.filter(({ score }) => score >= threshold);
  return objects.map((found) => `${found.class} ${found.score.toFixed(2)}`).join(', ') || 'none';
}
