import type { ClassificationDataset, ClassificationSource } from './classification-dataset';
import { readSourceImage, sourceCount, sourceFile, sourceLabel } from './classification-source';

/** The data set that reads from a source. */
export function datasetOf(
  source: ClassificationSource,
  { classNames, split }: { readonly classNames: readonly string[]; readonly split: string },
): ClassificationDataset {
  return {
    classNames,
    count: sourceCount(source),
    split,
    source,
    labelOf: (index) => sourceLabel(source, index),
    read: async (index) => ({
      image: await readSourceImage(source, index),
      label: sourceLabel(source, index),
    }),
    fileOf: (index) => sourceFile(source, index),
  };
}
