import { DatasetError } from '@featuremine/errors';
import { AnnotationStatistics, countFaults, judgeImage, makeFault } from '@featuremine/voc';
import type { Fault, ImageProbe, ValidationReport } from '@featuremine/voc';
import { readCocoSet } from '../coco-set';

/**
 * The report on a COCO file: its images are checked as those of VOC are, its boxes as training reads them. All that is
 * wrong with boxes is one fault, whose message lists them.
 *
 * @throws DatasetError for a file or folder that is not there, and a file that is no COCO annotation file
 */
export function validateCoco(
  source: { readonly file: string; readonly imageFolder: string },
  { classes, probeImage }: { readonly classes?: readonly string[] | undefined; readonly probeImage: ImageProbe },
): ValidationReport {
  const { file } = source;
  const named = classes ? { classes } : {};
  const { images } = readCocoSet(source, { onBadBox: 'keep', needsImages: false, ...named });
  const statistics = new AnnotationStatistics();
  const faults: Fault[] = boxFaults(
    () => readCocoSet(source, { onBadBox: 'fail', needsImages: false, ...named }),
    file,
  );
  for (const { id, imagePath, hasImage, widthPx: width, heightPx: height, objects } of images) {
    const annotation = { file: `${file}, image ${id}`, imageFile: imagePath, width, height, objects };
    statistics.add(annotation);
    if (hasImage) faults.push(...judgeImage(annotation, imagePath, probeImage));
    else faults.push(makeFault('missing-image', `there is no image in ${source.imageFolder}`, annotation));
  }
  return {
    files: images.length,
    objects: images.reduce((sum, { objects }) => sum + objects.length, 0),
    faults,
    countByKind: countFaults(faults),
    errorCount: faults.filter(({ severity }) => severity === 'error').length,
    classes: statistics.classes(),
    objectSizes: statistics.objectSizes(),
    imageSizes: statistics.imageSizes(),
  };
}

function boxFaults(read: () => unknown, file: string): Fault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return [{ file, object: null, className: null, kind: 'bad-coordinate', severity: 'error', message: error.message }];
  }
}
