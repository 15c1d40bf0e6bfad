import type { ClassificationDataset } from '../classification-dataset';
import { datasetOf } from '../classification-dataset-of';
import { readRecordsIndex } from './records-index';

/** Places of the shuffle buffer, if nobody says otherwise. */
export const DEFAULT_SHUFFLE_BUFFER = 2048;

/**
 * Opens a part that `packDataset` wrote. An epoch reads its shards in sequence, through a shuffle buffer, so that memory
 * does not go with the number of images.
 *
 * @throws DatasetError for a missing or wrong index; shards are checked as they are read
 */
export function openRecords(options: {
  readonly folder: string;
  readonly split: string;
  readonly shuffleBuffer?: number;
}): PackedDataset {
  const { folder, split, shuffleBuffer = DEFAULT_SHUFFLE_BUFFER } = options;
  const { classNames, shards, kind } = readRecordsIndex(folder, split);
  const source = { kind: 'packed', folder, shards, numClasses: classNames.length, shuffleBuffer } as const;
  return { ...datasetOf(source, { classNames, split }), kind };
}

/** A packed data set. */
export interface PackedDataset extends ClassificationDataset {
  /** Kind of the data set that was packed. */
  readonly kind: string;
}
