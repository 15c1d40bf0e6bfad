import { statSync } from 'node:fs';
import { DatasetError, nearestName } from '@featuremine/errors';
import { readJson } from '@featuremine/files';
import { FaultList, groundTruthFromCoco } from '@featuremine/voc-eval';
import type { GroundTruth, GroundTruthImage } from '@featuremine/voc-eval';
import { writeFaultFile } from '@featuremine/voc';
import type { BadBoxPolicy, ReadImageSetOptions, VocImage, VocImageObject } from '@featuremine/voc';
import { judgeCocoBox } from './coco-box';
import type { JudgedCocoBox } from './coco-box';
import { cocoImageFinder } from './coco-images';
import type { DetectionSet } from './detection-set';

/** How a COCO file is read. */
export interface ReadCocoOptions extends ReadImageSetOptions {
  /** Is told each malformed entry of the file, which is left out then; without it they are thrown together. */
  readonly onMalformed?: (fault: string) => void;
}

/**
 * Reads a COCO annotation file and finds its images in a folder.
 *
 * Classes go by rising category id, or are `classes`. Crowd regions are no objects to learn from; they stay in the
 * ground truth, where any number of detections may match them, and so do faulty boxes.
 *
 * @throws DatasetError that names the first 20 faults and their number.
 */
export function readCocoSet(
  { file, imageFolder }: { readonly file: string; readonly imageFolder: string },
  options: ReadCocoOptions,
): DetectionSet {
  if (statSync(imageFolder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new DatasetError({ where: imageFolder, found: 'there is no such folder', fix: 'Check --images' });
  }
  const annotated = groundTruthFromCoco(readJson(file), file, { onFault: options.onMalformed });
  const { groundTruth, otherClassCount } = withClasses(annotated, options.classes);
  const { onBadBox = 'fail', needsImages = true } = options;
  const { classNames } = groundTruth;
  const faults = new FaultList(file, 'Correct the file; boxes may be left out with --on-bad-box=skip');
  const findImage = cocoImageFinder(imageFolder);
  const counts = { skipped: 0, clipped: 0 };
  const images = groundTruth.images.map((image): VocImage => {
    const name = image.fileName ?? '';
    const found = findImage(name);
    if ('fault' in found && needsImages) faults.add(`image "${name.slice(0, 100)}": ${found.fault}`);
    const imagePath = 'path' in found ? found.path : '';
    return {
      id: image.id,
      year: '',
      annotationPath: file,
      imagePath,
      hasImage: imagePath !== '',
      widthPx: image.width,
      heightPx: image.height,
      objects: objectsOf(image, { classNames, onBadBox, faults, counts }),
    };
  });
  if (options.faultFile !== undefined && faults.count > 1) writeFaultFile(options.faultFile, faults.lines());
  faults.throwIfAny();
  if (images.length === 0) throw new DatasetError({ where: file, found: 'no image', fix: 'Pass a file with images' });
  if (options.needsEveryClass === true) checkClasses(file, { classNames, images, known: annotated.classNames });
  return {
    classNames,
    images,
    groundTruth: {
      ...groundTruth,
      images: groundTruth.images.map((image, index) => ({ ...image, ...pathOf(images[index]) })),
    },
    report: {
      imageCount: images.length,
      objectCount: images.reduce((sum, { objects }) => sum + objects.length, 0),
      skippedBoxCount: counts.skipped,
      clippedBoxCount: counts.clipped,
      otherClassCount,
      faults: [],
      countByKind: new Map(),
      unannotatedImageCount: 0,
    },
  };
}

function pathOf({ hasImage, imagePath }: VocImage): { readonly imagePath?: string } {
  return hasImage ? { imagePath } : {};
}

interface ObjectReading {
  readonly classNames: readonly string[];
  readonly onBadBox: BadBoxPolicy;
  readonly faults: FaultList;
  readonly counts: { skipped: number; clipped: number };
}

function objectsOf(image: GroundTruthImage, { classNames, onBadBox, faults, counts }: ObjectReading): VocImageObject[] {
  return image.objects.flatMap(({ classId, box, isDifficult, isCrowd }, place): VocImageObject[] => {
    if (isCrowd === true) return [];
    const name = classNames[classId];
    const object = { name, classId, isDifficult, isTruncated: false, index: place + 1 };
    const judged: JudgedCocoBox = onBadBox === 'keep' ? { box } : judgeCocoBox(box, image);
    if (judged.kind === undefined) return [{ ...object, box: judged.box }];
    if (onBadBox === 'fail')
      faults.add(`${image.fileName ?? image.id}, object ${place + 1} (${name}): ${judged.found}`);
    if (onBadBox === 'clip' && judged.box !== undefined) {
      counts.clipped++;
      return [{ ...object, box: judged.box }];
    }
    counts.skipped++;
    return [];
  });
}

/** The ground truth with these classes in this order; a class that the file does not know has no objects. */
function withClasses(
  groundTruth: GroundTruth,
  classes: readonly string[] | undefined,
): { readonly groundTruth: GroundTruth; readonly otherClassCount: number } {
  if (classes === undefined) return { groundTruth, otherClassCount: 0 };
  const newIds = groundTruth.classNames.map((name) => classes.indexOf(name));
  const categories = groundTruth.categoryIds ?? [];
  const unused = Math.max(0, ...categories) + 1;
  let otherClassCount = 0;
  const images = groundTruth.images.map((image) => ({
    ...image,
    objects: image.objects.flatMap((object) => {
      const classId = newIds[object.classId];
      if (classId >= 0) return [{ ...object, classId }];
      otherClassCount++;
      return [];
    }),
  }));
  const categoryIds = classes.map((name, place) => categories[groundTruth.classNames.indexOf(name)] ?? unused + place);
  return { groundTruth: { classNames: classes, categoryIds, images }, otherClassCount };
}

function checkClasses(
  file: string,
  set: {
    readonly classNames: readonly string[];
    readonly images: readonly VocImage[];
    /** Classes of the file. */
    readonly known: readonly string[];
  },
): void {
  const { classNames, images, known } = set;
  const found = new Set(images.flatMap(({ objects }) => objects.map(({ name }) => name)));
  const absent = classNames.filter((name) => !found.has(name));
  if (absent.length === 0) return;
  const near = nearestName(
    absent[0],
    known.filter((name) => name !== absent[0]),
  );
  throw new DatasetError({
    where: file,
    found: `no object has the class ${absent.join(', ')}`,
    expected: `classes among those of the file: ${known.slice(0, 50).join(', ')}`,
    fix: near === undefined ? 'Name classes that the annotations have' : `Did you mean ${near}?`,
  });
}
