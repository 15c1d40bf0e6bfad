import { WeightsError } from '@featuremine/errors';
import { z } from 'zod';

const side = z.number().int().positive();

const metadataSchema = z.object({
  task: z.literal('detection'),
  formatVersion: z.literal(1),
  classNames: z.array(z.string()).min(1),
  input: z.object({
    name: z.string(),
    /** 1, height, width, 3; −1 for a size that each image has of its own. */
    shape: z.tuple([z.literal(1), z.number().int(), z.number().int(), z.literal(3)]),
    sizeMultiple: side,
    resize: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('fit'), size: side }),
      z.object({ kind: z.literal('stretch'), width: side, height: side }),
      z.object({ kind: z.literal('torchvision'), minSize: side, maxSize: side }),
    ]),
    pixels: z.enum(['uint8', 'float32']),
    padding: z.tuple([z.number(), z.number(), z.number()]),
  }),
  postProcessing: z.literal('outside'),
  outputs: z.object({
    logits: z.object({ name: z.string(), hasBackground: z.literal(false) }),
    deltas: z.object({ name: z.string() }),
  }),
  anchors: z.object({
    strides: z.tuple([z.literal(8), z.literal(16), z.literal(32), z.literal(64), z.literal(128)]),
    /** Three a level: s, s·2^⅓, s·2^⅔. */
    sizes: z.array(z.tuple([side, side, side])).length(5),
    ratios: z.array(z.number().positive()).min(1),
  }),
  scoreThreshold: z.number().min(0).max(1),
  nmsThreshold: z.number().min(0).max(1),
  detectionsPerImage: side,
  topkCandidates: side,
  weights: z.string().default('float32'),
  provenance: z.record(z.string(), z.unknown()).default({}),
});

/** What an exported detector says about itself: how images become its input, and its outputs boxes. */
export type ModelMetadata = z.output<typeof metadataSchema>;

/**
 * Reads the `userDefinedMetadata` of a `model.json`.
 *
 * @throws WeightsError that names the first key that is missing or wrong
 */
export function parseModelMetadata(metadata: unknown, where = 'model.json'): ModelMetadata {
  const parsed = metadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new WeightsError({
    where,
    found:
      metadata === undefined || metadata === null
        ? 'it says nothing about itself'
        : `userDefinedMetadata.${path.join('.')}: ${message}`,
    expected: 'a detector',
    fix: 'Export a trained detector: retinanet export --run RUN --format tfjs --out DIR',
  });
}
