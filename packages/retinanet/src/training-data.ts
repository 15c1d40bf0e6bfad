import type { Logger } from '@featuremine/command-line';
import { ConfigError, DatasetError } from '@featuremine/errors';
import type { VocImage } from '@featuremine/voc';
import { classesWithoutObjects, readDetectionSet, readingNotes, sourceName } from './data-source';
import type { ChosenPart, SourceFlags } from './data-source';
import { firstImages } from './detection-set';
import type { DetectionSet } from './detection-set';
import type { TrainOptions } from './train-options';

/**
 * Reads the images to train on, and those to validate on if there are any. Classes that are named must have objects;
 * of classes that are not named (VOC's 20), those without an object are told in the log.
 *
 * @throws ConfigError, DatasetError
 */
export function readTrainingData(
  options: TrainOptions,
  log: Logger,
  { validatesOnTraining = false }: { readonly validatesOnTraining?: boolean | undefined } = {},
): { readonly trainSet: DetectionSet; readonly valSet: DetectionSet | undefined } {
  const part = { flag: '--train', sets: options.train };
  const name = sourceName(options, part);
  const all = readDetectionSet(options, part, {
    onBadBox: options.onBadBox,
    faultFile: `${options.out}-faults.txt`,
    ...(options.classes ? { classes: options.classes, needsEveryClass: true } : {}),
  });
  if (!options.classes) log.info(`classes: ${all.classNames.join(', ')}`);
  for (const note of readingNotes(all, name)) log.warn(note);
  const absent = classesWithoutObjects(all);
  if (absent.length > 0) log.warn(`${name}: no object to learn ${absent.join(', ')} from (--classes leaves them out)`);
  const trainSet = firstImages(all, options.limit);
  const { batchSize, accumulate } = options;
  if (trainSet.images.length < batchSize * accumulate) {
    throw new DatasetError({
      where: `--train ${name}`,
      found: `${trainSet.images.length} images`,
      expected: `at least --batch-size ${batchSize}${accumulate > 1 ? ` times --accumulate ${accumulate}` : ''}`,
      fix: 'Add images, or take a smaller batch',
    });
  }
  if (validatesOnTraining) return { trainSet, valSet: trainSet };
  const validation = validationPart(options);
  if (validation === undefined) {
    refuseValidationFlags(options);
    return { trainSet, valSet: undefined };
  }
  const { source, part: valPart } = validation;
  const valSet = readDetectionSet(source, valPart, { onBadBox: options.onBadBox, classes: trainSet.classNames });
  const shown = firstImages(valSet, options.limit);
  const valName = sourceName(source, valPart);
  for (const note of [...readingNotes(valSet, valName), ...missingObjects(shown, valName, absent)]) log.warn(note);
  return { trainSet, valSet: shown };
}

// Flags that do nothing without a validation set.
function refuseValidationFlags({ earlyStop, testFlip }: TrainOptions): void {
  const flag = earlyStop !== undefined ? '--early-stop' : testFlip ? '--test-flip' : undefined;
  if (flag === undefined) return;
  throw new ConfigError({
    where: flag,
    found: 'there is no validation set',
    fix: 'Name one with --val (of --coco: --val-coco), or leave the flag out (of a config file: the key)',
  });
}

/** Lines about classes of a validation set that cannot be judged; `unlearnt` ones are told elsewhere. */
function missingObjects(set: DetectionSet, name: string, unlearnt: readonly string[]): string[] {
  const counted = { ...set, images: set.images.map(withoutDifficult) };
  const missing = classesWithoutObjects(counted);
  if (missing.length === set.classNames.length) {
    return [`${name}: no object that counts, so there is no mAP; the last epoch's weights are kept as the best`];
  }
  const told = missing.filter((className) => !unlearnt.includes(className));
  return told.length === 0
    ? []
    : [`${name}: no object that counts of ${told.join(', ')}: the mAP is that of the others`];
}

function withoutDifficult(image: VocImage): VocImage {
  return { ...image, objects: image.objects.filter(({ isDifficult }) => !isDifficult) };
}

/** Where the images to validate on are, if there are any. @throws ConfigError for flags that contradict each other */
export function validationPart(
  options: TrainOptions,
): { readonly source: SourceFlags; readonly part: ChosenPart } | undefined {
  const { coco, val, valCoco, valImages } = options;
  if (coco === undefined && (valCoco ?? valImages) !== undefined) {
    throw new ConfigError({
      where: '--val-coco, --val-images',
      found: 'given without --coco',
      fix: 'Name the part to validate on with --val',
    });
  }
  const part = { flag: '--val', sets: val };
  if (val !== undefined) return { source: options, part };
  if (valCoco === undefined) return undefined;
  return { source: { coco: valCoco, images: valImages ?? options.images }, part };
}
