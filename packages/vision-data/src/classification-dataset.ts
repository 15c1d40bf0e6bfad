import type { DecodedImage } from './image';
import type { ShardEntry } from './records/records-index';

/**
 * Where the images of a classification data set are, as plain data that worker threads receive once.
 *
 * - `files`: an image file each, and if there are `boxes` [N, 4] (left, top, width, height in pixels), only that part of it;
 * - `records`: fixed-size records in shared memory, planes R, G, B of size×size after `labelBytes` bytes;
 * - `packed`: records in files (see `packDataset`), read by their number, or, as a stream, one after the other;
 * - `shapes`: drawn from the seed.
 */
export type ClassificationSource =
  | {
      readonly kind: 'files';
      readonly files: readonly string[];
      readonly labels: Int32Array;
      readonly boxes?: Float32Array;
    }
  | {
      readonly kind: 'records';
      readonly bytes: SharedArrayBuffer;
      readonly labelBytes: number;
      /** Side of an image in pixels. */
      readonly size: number;
      /** Files that the records came from, with the number of records of each. */
      readonly files: readonly { readonly file: string; readonly count: number }[];
    }
  | {
      readonly kind: 'packed';
      readonly folder: string;
      readonly shards: readonly ShardEntry[];
      readonly numClasses: number;
      /** The records in use, by their numbers; all by default. */
      readonly chosen?: Int32Array;
      /**
       * Places of the buffer through which an epoch reads the shards in sequence; 0 reads by number, in any order, as
       * it must be with `chosen`.
       */
      readonly shuffleBuffer: number;
    }
  | {
      readonly kind: 'shapes';
      readonly seed: number;
      readonly split: string;
      readonly count: number;
      /** Side of an image in pixels. */
      readonly size: number;
      readonly classNames: readonly string[];
    };

/** A labelled image. */
export interface ClassificationSample {
  readonly image: DecodedImage;
  /** Class id, 0…K−1. */
  readonly label: number;
}

/** A classification data set that is open: its labels are known, its images are read on demand. */
export interface ClassificationDataset {
  readonly classNames: readonly string[];
  readonly count: number;
  /** Name of the part that was opened: 'train', 'test', 'val' or 'all'. */
  readonly split: string;
  /** The data set of which this one is a copy that is quicker to read. */
  readonly original?: ClassificationDataset;
  /** Plain data from which a worker thread reads the same images. */
  readonly source: ClassificationSource;
  /** The class id of an image, without decoding it. */
  labelOf(index: number): number;
  /** Decodes one image. @throws DatasetError that names the file. */
  read(index: number): Promise<ClassificationSample>;
  /** The file (and record) that an image comes from, for messages. */
  fileOf(index: number): string;
}
