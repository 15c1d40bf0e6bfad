import { startProgress, type Progress } from '@featuremine/command-line';
import { openCached } from '@featuremine/vision-data';
import type { ClassificationData } from './classification-data';

/**
 * The same data, read from a packed cache of decoded images in this folder, which is made if it is not there; without a
 * folder, as it is.
 */
export async function cachedData(data: ClassificationData, folder: string | undefined): Promise<ClassificationData> {
  if (folder === undefined) return data;
  const { dataset, imageSize, transform } = data;
  let progress: Progress | undefined;
  const onProgress = (done: number): void => {
    progress ??= startProgress({ label: `caching ${dataset.split}`, total: dataset.count });
    progress.update(done);
  };
  try {
    return { ...data, dataset: await openCached(dataset, { folder, crop: transform.crop, imageSize, onProgress }) };
  } finally {
    progress?.stop();
  }
}
