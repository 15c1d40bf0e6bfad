import { basename, resolve } from 'node:path';
import { describeClassificationData } from '@featuremine/vision-data';
import { openTestData, openTrainingData } from '../classification-data';
import { dataFields, trainSchema } from '../training-options';
import type { RecipeOptions } from './recipe-file';

/** Which images a training saw. */
export interface DataRecord {
  /** The folder's name; the data set may be moved and renamed. */
  readonly name: string;
  /** Number and hash of the images of each part. */
  readonly training: string;
  readonly test: string;
}

/** Reads the data sets of trainings, each once. Errors as `openTestData`. */
export function dataReader(): (options: RecipeOptions) => DataRecord {
  const known = new Map<string, DataRecord>();
  return (given) => {
    const options = trainSchema.parse({ ...given, out: 'none' });
    const key = JSON.stringify(Object.keys(dataFields).map((field) => options[field as keyof typeof dataFields]));
    const record = known.get(key) ?? {
      name: options.data === undefined ? options.dataset : basename(resolve(options.data)),
      training: describeClassificationData(openTrainingData(options).dataset),
      test: describeClassificationData(openTestData(options).dataset),
    };
    known.set(key, record);
    return record;
  };
}

/** What differs between the data of a training that was kept and that of now, in words. */
export function dataChanges(kept: DataRecord, now: DataRecord): string[] {
  if (kept.training === now.training && kept.test === now.test) return [];
  const words = ({ name, training, test }: DataRecord): string => `${name} (${training}; ${test})`;
  return [`data: ${words(kept)}, not ${words(now)}`];
}
