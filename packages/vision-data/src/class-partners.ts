import { Random } from '@featuremine/random';
import type { ClassificationDataset } from './classification-dataset';

/**
 * Gives each image of an epoch a partner: another image of its class, or itself where it is the only one. What is drawn
 * depends on (seed, epoch, index) only.
 *
 * Source: the pair sampler of `alinlab/cs-kd`, which also draws the image itself now and then.
 */
export function classPartners(
  dataset: Pick<ClassificationDataset, 'count' | 'classNames' | 'labelOf'>,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): (index: number) => number {
  const byClass = dataset.classNames.map((): number[] => []);
  const places = Int32Array.from(
    { length: dataset.count },
    (_, index) => byClass[dataset.labelOf(index)].push(index) - 1,
  );
  return (index) => {
    const same = byClass[dataset.labelOf(index)];
    if (same.length === 1) return index;
    const drawn = Random.of(seed, 'partner', epoch, index).integer(same.length - 1);
    return same[drawn < places[index] ? drawn : drawn + 1];
  };
}
