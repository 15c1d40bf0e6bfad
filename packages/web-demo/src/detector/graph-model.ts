import { z } from 'zod';

const type = z.enum(['float32', 'int32', 'bool', 'float16', 'uint16', 'uint8']);

/** What is read of a `model.json` in tfjs's graph form before tfjs reads it. */
export const graphModelSchema = z.object({
  modelTopology: z.object({ node: z.array(z.object({}).loose()).min(1) }).loose(),
  weightsManifest: z.array(
    z.object({
      /** Files beside model.json, whose bytes follow one another. */
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().min(0)),
          dtype: type,
          /** How values are stored in another type than their own. */
          quantization: z.object({ dtype: type }).loose().optional(),
        }),
      ),
    }),
  ),
  signature: z.object({}).loose().optional(),
  userDefinedMetadata: z.unknown(),
});

/** A `model.json` in tfjs's graph form. */
export type GraphModelJson = z.output<typeof graphModelSchema>;
