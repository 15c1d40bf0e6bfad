import { defineCommand, formatTable, startProgress } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { ExportError, exportFields } from '@featuremine/graph-export';
import { z } from 'zod';
import { detectorFields, detectorSource } from '../detector-source';
import { exportDetector } from '../export/export-detector';
import type { ExportedDetector, ExportOptions } from '../export/export-detector';
import { openExport } from '../export/open-export';
import { recipeOf, validationImages } from '../export/run-details';
import { verifyDetector } from '../export/verify-detector';
import type { Verification } from '../export/verify-detector';
import { findImages } from '../find-images';
import { readDetector } from '../read-detector';
import type { StoredDetector } from '../read-detector';
import { resizeFrom } from '../resize-option';
import { sizeFields } from '../train-options';

const schema = z.object({
  ...detectorFields,
  format: exportFields.format,
  out: exportFields.out,
  ...sizeFields,
  inputSize: z
    .enum(['fixed', 'dynamic'])
    .optional()
    .describe('One size of images, or any multiples of 32 (fixed where the way of resizing gives one size)'),
  postProcessing: z
    .enum(['outside', 'inside'])
    .default('outside')
    .describe('Whether thresholds, decoding and suppression are part of the graph (saved-model, onnx; fixed size)'),
  storeWeights: exportFields.storeWeights,
  scoreThreshold: z.number().min(0).max(1).default(0.05).describe('Detections at or below this score are dropped'),
  nmsThreshold: z.number().min(0).max(1).default(0.5).describe('A box goes when it overlaps a better one by more'),
  detectionsPerImage: z.number().int().min(1).default(300).describe('So many detections of an image are kept'),
  topkCandidates: z.number().int().min(1).default(1000).describe('So many candidates of a level are looked at'),
  verify: z.boolean().default(false).describe('Run the export and the detector on images, and compare'),
  images: z.array(z.string()).optional().describe('Images and folders to compare on (the run’s validation images)'),
  count: z.number().int().min(1).default(16).describe('Compare on the first so many images'),
  tolerance: exportFields.tolerance,
});
type ExportFlags = z.output<typeof schema>;

/** `retinanet export`: a detector for other runtimes, compared with its source when asked. */
export const exportCommand: Command = defineCommand({
  name: 'export',
  summary: 'Write a detector for TensorFlow, browsers, ONNX or torchvision',
  examples: [
    'retinanet export --run runs/voc --format tfjs --out web/model --verify',
    'retinanet export --run runs/voc --format onnx --post-processing inside --out exported',
    'retinanet export --run runs/voc --format tfjs --store-weights uint8 --out web/small',
  ],
  schema,
  async run(options, context) {
    const source = detectorSource(options, 'retinanet export');
    const stored = readDetector(source, options);
    const wished: ExportOptions = {
      ...options,
      resize: resizeFrom(options) ?? stored.config.resize,
      weights: options.storeWeights,
      settings: {
        scoreThreshold: options.scoreThreshold,
        iouThreshold: options.nmsThreshold,
        maxDetections: options.detectionsPerImage,
        candidatesPerLevel: options.topkCandidates,
      },
      recipe: 'run' in source ? recipeOf(source.run) : {},
    };
    const images = options.verify ? imagesToCompare(options, stored) : [];
    const exported = await exportDetector(stored, wished);
    const verification = options.verify
      ? await verify(stored, wished, { images, tolerance: options.tolerance })
      : undefined;
    context.output({ ...exported, ...(verification ? { verification } : {}) });
    context.print(exportTable(options, exported));
    if (verification === undefined) return;
    context.print(`\n${verificationTable(verification)}`);
    refuseDifference(verification, options);
  },
});

function imagesToCompare({ images, run, count }: ExportFlags, { config }: StoredDetector): string[] {
  if (images !== undefined) return findImages(images).slice(0, count);
  if (run !== undefined) return validationImages(run, config.classNames).slice(0, count);
  throw new ConfigError({
    where: '--verify',
    found: 'weights without a run',
    expected: 'images to compare on',
    fix: 'Add --images FILE-OR-FOLDER',
  });
}

async function verify(
  stored: StoredDetector,
  { format, out, resize, postProcessing, settings }: ExportOptions,
  { images, tolerance }: { readonly images: readonly string[]; readonly tolerance: number },
): Promise<Verification> {
  const runner = await openExport(format, { folder: out, classNames: stored.config.classNames });
  const progress = startProgress({ label: 'comparing', total: images.length });
  const onProgress = (done: number): void => progress.update(done);
  try {
    return await verifyDetector(stored, { runner, images, resize, postProcessing, settings, tolerance, onProgress });
  } finally {
    progress.stop();
    await runner.close();
  }
}

function refuseDifference({ isEqual, unpaired }: Verification, { out, tolerance, storeWeights }: ExportFlags): void {
  if (isEqual) return;
  throw new ExportError({
    where: out,
    found: `the export differs from the detector by more than ${tolerance}, or finds other objects (${unpaired})`,
    fix:
      storeWeights === 'float32'
        ? 'Do not use it: report the network and these figures'
        : `Weights in ${storeWeights} are not the same weights: judge the loss by mAP, and raise --tolerance`,
  });
}

function exportTable({ format, postProcessing }: ExportFlags, { files, sizeBytes }: ExportedDetector): string {
  return formatTable({
    columns: [{ title: 'export' }, { title: '' }],
    rows: [
      ['format', format],
      ['post-processing', postProcessing],
      ['files', files.length > 1 ? `${files.at(-1)} and ${files.length - 1} of weights` : files[0]],
      ['size', `${(sizeBytes / 2 ** 20).toFixed(1)} MiB`],
    ],
  });
}

function verificationTable({ images, logits, deltas, score, boxPx, paired, unpaired }: Verification): string {
  const short = (difference: number): string => difference.toExponential(1);
  const raw = [
    ['logits', logits],
    ['deltas', deltas],
  ].flatMap(([what, difference]) => (typeof difference === 'number' ? [[String(what), short(difference)]] : []));
  return formatTable({
    columns: [{ title: `largest difference, ${images} images` }, { title: '', align: 'right' }],
    rows: [
      ...raw,
      ['scores of detections', short(score)],
      ['boxes of detections, px', short(boxPx)],
      ['detections of both', paired],
      ['detections of one only', unpaired],
    ],
  });
}
