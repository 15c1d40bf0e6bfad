import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand, formatTable, startProgress, type Logger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { packDataset, type ClassificationDataset, type PackOptions, type ShardEntry } from '@featuremine/vision-data';
import { z } from 'zod';
import { openTestData, openTrainingData } from '../classification-data';
import { DATASET_NAMES } from '../dataset-kinds';
import { dataFields } from '../training-options';

const schema = z.object({
  dataset: dataFields.dataset,
  data: dataFields.data,
  cropToBox: dataFields.cropToBox,
  shapes: dataFields.shapes,
  out: z.string().min(1).describe('Folder for the shards; --dataset records --data DIR trains from it'),
  content: z
    .enum(['encoded', 'pixels'])
    .optional()
    .describe('Image files as they are, or decoded (encoded where there are files; pixels for small images)'),
  shortSide: z.number().int().min(16).optional().describe('Shrinks images to this shorter side; smaller ones stay'),
  quality: z.number().int().min(1).max(100).default(90).describe('JPEG quality of images that are shrunk'),
  shardMb: z.number().positive().max(4000).default(128).describe('Size of a shard in MB'),
  seed: z.number().int().min(0).default(0).describe('Seed of the order in which training images are packed'),
  onBadImage: z.enum(['fail', 'skip']).default('fail').describe('Images that cannot be read: stop, or leave out'),
  force: z.boolean().default(false).describe('Overwrite what was packed there before'),
});
type Options = z.output<typeof schema>;

/** `backbone-pretrain pack`: a data set as files of records that are read in sequence. */
export const packCommand = defineCommand({
  name: 'pack',
  summary: 'Pack a data set into shards of records, which training streams with little memory and no small files',
  examples: [
    'backbone-pretrain pack --dataset imagenet --data data/imagenet --short-side 400 --out data/imagenet-packed',
    'backbone-pretrain train --dataset records --data data/imagenet-packed --model resnet50 --out runs/imagenet',
  ],
  schema,
  async run(options, context) {
    const parts = openParts(options);
    const rows: { split: string; images: number; leftOut: number; shards: number; sizeBytes: number }[] = [];
    for (const { split, dataset } of parts) {
      const { shards, leftOut } = await packPart(options, { split, dataset }, context.log);
      const sum = (count: (shard: ShardEntry) => number): number =>
        shards.reduce((all, shard) => all + count(shard), 0);
      const sizes = { images: sum(({ count }) => count), sizeBytes: sum(({ sizeBytes }) => sizeBytes) };
      rows.push({ split, leftOut, shards: shards.length, ...sizes });
    }
    context.output({ folder: options.out, parts: rows });
    context.print(
      formatTable({
        columns: [
          { title: options.out },
          ...['images', 'left out', 'shards', 'MB'].map((title) => ({ title, align: 'right' as const })),
        ],
        rows: rows.map(({ split, images, leftOut, shards, sizeBytes }) => [
          ...[split, images, leftOut, shards, (sizeBytes / 1e6).toFixed(1)],
        ]),
      }),
    );
  },
});

interface Part {
  readonly split: 'train' | 'test';
  readonly dataset: ClassificationDataset;
}

function openParts(options: Options): Part[] {
  const { dataset, out, force } = options;
  if (dataset === 'records') {
    const expected = DATASET_NAMES.filter((name) => name !== 'records').join(', ');
    throw new ConfigError({ where: '--dataset', found: 'records, which are packed', expected, fix: 'Name the source' });
  }
  const existing = ['train', 'test'].map((split) => join(out, `${split}.json`)).find((path) => existsSync(path));
  if (existing !== undefined && !force) {
    const fix = 'Name another folder with --out, or pass --force to overwrite';
    throw new ConfigError({ where: existing, found: 'a data set was packed here before', fix });
  }
  const reading = { ...options, augment: 'none', shuffleBuffer: 1 } as const;
  return [
    { split: 'train', dataset: openTrainingData(reading).dataset },
    { split: 'test', dataset: openTestData(reading).dataset },
  ];
}

async function packPart(
  options: Options,
  { split, dataset }: Part,
  log: Logger,
): Promise<{ readonly shards: readonly ShardEntry[]; readonly leftOut: number }> {
  const { out, shortSide, quality, seed, shardMb, onBadImage } = options;
  const areFiles = dataset.source.kind === 'files' && dataset.source.boxes === undefined;
  const progress = startProgress({ label: `packing ${split}`, total: dataset.count });
  let leftOut = 0;
  const packing: PackOptions = {
    folder: out,
    split,
    kind: options.dataset,
    content: options.content ?? (areFiles ? 'encoded' : 'pixels'),
    jpegQuality: quality,
    shardBytes: shardMb * 1e6,
    ...(split === 'train' ? { seed } : {}),
    ...(shortSide === undefined ? {} : { sizeFor: shrinkTo(shortSide) }),
    ...(onBadImage === 'fail' ? {} : { onBadImage: (error) => (leftOut++, log.warn(error.message)) }),
    onProgress: (done) => progress.update(done),
  };
  try {
    return { shards: await packDataset(dataset, packing), leftOut };
  } finally {
    progress.stop();
  }
}

function shrinkTo(shortSide: number): NonNullable<PackOptions['sizeFor']> {
  return ({ width, height }) => {
    const scale = shortSide / Math.min(width, height);
    return scale >= 1 ? undefined : { width: Math.round(width * scale), height: Math.round(height * scale) };
  };
}
