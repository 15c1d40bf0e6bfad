import { ConfigError } from '@featuremine/errors';

/**
 * The images of each batch that one rank of a job takes: the batch size is the job's.
 *
 * @throws ConfigError when it cannot be shared out evenly
 */
export function rankBatchSize({ size }: { readonly size: number }, batchSize: number): number {
  if (batchSize % size === 0) return batchSize / size;
  const lower = Math.floor(batchSize / size) * size;
  const near = [...(lower > 0 ? [lower] : []), lower + size].join(' or ');
  throw new ConfigError({
    where: '--batch-size',
    found: `${batchSize}, with ${size} processes`,
    expected: `a multiple of ${size}: it is the batch of the whole job`,
    fix: `Pass ${near}, or start another number of processes`,
  });
}
