import { defineCommand, formatTable } from '@featuremine/command-line';
import { ExportError, exportFields } from '@featuremine/graph-export';
import { trainingFields } from '@featuremine/training';
import { z } from 'zod';
import { exportClassifier, outputOf, type ExportedClassifier } from '../export/export-classifier';
import { readClassifier } from '../stored-classifier';
import { verifyClassifier, type ClassifierVerification } from '../export/verify-classifier';
import { dataFields } from '../training-options';

const schema = z.object({
  run: z.string().min(1).describe('Run folder of backbone-pretrain train'),
  format: exportFields.format,
  out: exportFields.out,
  imageSize: dataFields.imageSize.describe('Side of the images in pixels (the run’s if not given)'),
  inputSize: z
    .enum(['fixed', 'dynamic'])
    .default('fixed')
    .describe('Images of this side only, or of any height and width'),
  batchSize: z
    .union([z.number().int().min(1), z.literal('dynamic')])
    .default('dynamic')
    .describe('Images of one run of the network'),
  postProcessing: z
    .enum(['outside', 'inside'])
    .default('outside')
    .describe('Logits, or with the softmax in the graph: scores of the classes (not for safetensors)'),
  storeWeights: exportFields.storeWeights,
  verify: z.boolean().default(false).describe('Run the export and the network on held-out images, and compare'),
  data: z.string().min(1).optional().describe('Folder of the data set to compare on (the run’s if not given)'),
  count: z.number().int().min(1).default(64).describe('Compare on the first so many images'),
  tolerance: exportFields.tolerance,
  workers: trainingFields.workers,
});
type ExportFlags = z.output<typeof schema>;

/** `backbone-pretrain export`: a classifier for other runtimes, compared with its source when asked. */
export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write a classifier for TensorFlow, browsers, ONNX or torchvision',
  examples: [
    'backbone-pretrain export --run runs/shapes --format onnx --out exported --verify',
    'backbone-pretrain export --run runs/shapes --format tfjs --store-weights uint8 --out web/classifier',
  ],
  schema,
  async run(flags, context) {
    const stored = readClassifier(flags.run);
    const options = { ...flags, weights: flags.storeWeights };
    const exported = await exportClassifier(stored, options);
    const verification = flags.verify ? await verifyClassifier(stored, options, flags) : undefined;
    context.output({ ...exported, ...(verification ? { verification } : {}) });
    context.print(table(flags, exported, verification));
    if (verification?.isEqual === false) throw differs(flags);
  },
});

function differs({ out, tolerance, storeWeights, postProcessing }: ExportFlags): ExportError {
  return new ExportError({
    where: out,
    found: `the ${outputOf(postProcessing)} of the export differ from the network's by more than ${tolerance}`,
    fix:
      storeWeights === 'float32'
        ? 'Do not use it: report the network and these figures'
        : `Weights in ${storeWeights} are not the same weights: judge the loss by accuracy, and raise --tolerance`,
  });
}

function table(
  { format, postProcessing }: ExportFlags,
  { files, sizeBytes }: ExportedClassifier,
  verification: ClassifierVerification | undefined,
): string {
  const compared =
    verification === undefined
      ? []
      : [
          [
            `largest difference of ${outputOf(postProcessing)}, ${verification.images} images`,
            verification[outputOf(postProcessing)]!.toExponential(1),
          ],
          ['same class', `${verification.sameClass} of ${verification.images}`],
        ];
  return formatTable({
    columns: [{ title: 'export' }, { title: '' }],
    rows: [
      ['format', format],
      ['files', files.length > 1 ? `${files.at(-1)} and ${files.length - 1} of weights` : files[0]],
      ['size', `${(sizeBytes / 2 ** 20).toFixed(1)} MiB`],
      ...compared,
    ],
  });
}
