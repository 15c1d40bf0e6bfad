import { defineCommand, formatTable, type Command } from '@featuremine/command-line';
import { writeFileAtomic } from '@featuremine/files';
import { z } from 'zod';
import { comparePaired } from '../compare';
import { comparisonColumns, comparisonRows } from '../comparison-rows';
import { loadDetections, loadGroundTruth } from '../inputs/load-evaluation';
import { iouLabel } from '../iou-thresholds';
import { judge } from '../judge';
import { formatComparison } from '../report/format-comparison';
import {
  describeProtocol,
  groundTruthFlags,
  judgeOptionsOf,
  protocolFlags,
  protocolJson,
  seedFlag,
} from './evaluation-options';

const schema = z.object({
  detections: z
    .array(z.string())
    .refine((paths) => paths.length === 2, 'two sets of detections, A and B')
    .describe('The detections A and B, each as `run` takes them'),
  ...groundTruthFlags,
  ...protocolFlags,
  bootstrap: z.int().min(1).default(1000).describe('Resamples of the images'),
  ...seedFlag,
  report: z.string().optional().describe('File to write a report to, one HTML page'),
});

/** `voc-eval compare A B`: the difference of two sets of detections, with a paired bootstrap over images. */
export const compareCommand: Command = defineCommand({
  name: 'compare',
  summary: 'The difference B − A between two sets of detections, with a paired bootstrap over images',
  examples: [
    'voc-eval compare results-a results-b --voc VOCdevkit --set 2007/test --protocol voc07 --report compared.html',
  ],
  schema,
  positional: { key: 'detections', describe: 'A B', isArray: true },
  run(options, context) {
    const judging = judgeOptionsOf(options);
    const [a, b] = options.detections;
    const groundTruth = loadGroundTruth(options, context.log);
    const [judgedA, judgedB] = options.detections.map((path) => {
      const detections = loadDetections({ path, groundTruth, set: options.set, log: context.log });
      return judge({ ...judging, groundTruth, detections });
    });
    const { bootstrap, seed } = options;
    const compared = comparePaired(judgedA, judgedB, { resamples: bootstrap, seed });
    context.output({
      protocol: judging.protocol,
      iou: iouLabel(judging.iouThresholds ?? [0.5]),
      ...protocolJson(options),
      a,
      b,
      bootstrap: { resamples: bootstrap, seed, confidence: 0.95 },
      ...compared,
    });
    const protocol = `${describeProtocol(judging)}; ${bootstrap} paired resamples of the images`;
    const table = formatTable({
      columns: ['class', ...comparisonColumns].map((title, column) => ({
        title,
        align: column === 0 ? 'left' : 'right',
      })),
      rows: comparisonRows(compared).map(({ name, numbers }) => [name, ...numbers]),
    });
    context.print(`${protocol}\n\n${table}`);
    if (options.report === undefined) return;
    writeFileAtomic(options.report, formatComparison({ a, b, protocol, compared }));
    context.print(`\nreport: ${options.report}`);
  },
});
