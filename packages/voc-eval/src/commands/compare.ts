import { defineCommand, formatTable, type Command } from '@featuremine/command-line';
import { z } from 'zod';
import { comparePaired, type Comparison } from '../compare';
import { loadDetections, loadGroundTruth } from '../inputs/load-evaluation';
import { iouLabel } from '../iou-thresholds';
import { judge } from '../judge';
import { percent } from '../percent';
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
});

/** `voc-eval compare A B`: the difference of two sets of detections, with a paired bootstrap over images. */
export const compareCommand: Command = defineCommand({
  name: 'compare',
  summary: 'The difference B − A between two sets of detections, with a paired bootstrap over images',
  examples: ['voc-eval compare results-a results-b --voc VOCdevkit --set 2007/test --protocol voc07'],
  schema,
  positional: { key: 'detections', describe: 'A B', isArray: true },
  run(options, context) {
    const judging = judgeOptionsOf(options);
    const groundTruth = loadGroundTruth(options, context.log);
    const [a, b] = options.detections.map((path) => {
      const detections = loadDetections({ path, groundTruth, set: options.set, log: context.log });
      return judge({ ...judging, groundTruth, detections });
    });
    const { bootstrap, seed } = options;
    const compared = comparePaired(a, b, { resamples: bootstrap, seed });
    context.output({
      protocol: judging.protocol,
      iou: iouLabel(judging.iouThresholds ?? [0.5]),
      ...protocolJson(options),
      a: options.detections[0],
      b: options.detections[1],
      bootstrap: { resamples: bootstrap, seed, confidence: 0.95 },
      ...compared,
    });
    const row = (name: string, c: Comparison): string[] => [
      name,
      percent(c.a),
      percent(c.b),
      signed(c.difference),
      c.interval === undefined ? '–' : `${signed(c.interval.low)} … ${signed(c.interval.high)}`,
      c.pValue === undefined ? '–' : c.pValue.toFixed(3),
    ];
    const table = formatTable({
      columns: ['class', 'A %', 'B %', 'B − A', '95 %', 'p'].map((title, column) => ({
        title,
        align: column === 0 ? 'left' : 'right',
      })),
      rows: [...Object.entries(compared.classes).map(([name, c]) => row(name, c)), row('mAP', compared.mAP)],
    });
    context.print(`${describeProtocol(judging)}; ${bootstrap} paired resamples of the images\n\n${table}`);
  },
});

function signed(share: number | null): string {
  if (share === null) return '–';
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)}`;
}
