import { DatasetError, refuseAbsentClasses } from '@featuremine/errors';
import { isFolder, readJson } from '@featuremine/files';
import { FaultList, groundTruthFromCoco, withClasses } from '@featuremine/voc-eval';
import type { GroundTruthImage } from '@featuremine/voc-eval';
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
  if (!isFolder(imageFolder)) {
    throw new DatasetError({ where: imageFolder, found: 'there is no such folder', fix: 'Check --images' });
  }
  const annotated = groundTruthFromCoco(readJson(file), file, { onFault: options.onMalformed });
  const { groundTruth, otherClassCount } =
    options.classes === undefined
      ? { groundTruth: annotated, otherClassCount: 0 }
      : withClasses(annotated, options.classes);
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
  if (options.needsEveryClass === true) {
    const found = new Set(images.flatMap(({ objects }) => objects.map(({ name }) => name)));
    refuseAbsentClasses(classNames, { where: file, found, known: annotated.classNames });
  }
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
