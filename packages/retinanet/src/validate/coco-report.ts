import { AnnotationStatistics, countFaults, judgeImage, makeFault } from '@featuremine/voc';
import type { Fault, ImageProbe, ValidationReport } from '@featuremine/voc';
import { judgeCocoBox } from '../coco-box';
import { readCocoSet } from '../coco-set';

/**
 * The report on a COCO file: its images are checked as those of VOC are, its boxes as training reads them. Entries of the
 * file that are malformed are faults too, and left out.
 *
 * @throws DatasetError for a file or folder that is not there, and a file that is no COCO annotation file
 */
export function validateCoco(
  source: { readonly file: string; readonly imageFolder: string },
  { classes, probeImage }: { readonly classes?: readonly string[] | undefined; readonly probeImage: ImageProbe },
): ValidationReport {
  const { file } = source;
  const faults: Fault[] = [];
  const { images } = readCocoSet(source, {
    onBadBox: 'keep',
    needsImages: false,
    ...(classes ? { classes } : {}),
    onMalformed: (fault) => faults.push(makeFault('bad-line', `${fault}. Correct the entry, or take it out`, { file })),
  });
  const statistics = new AnnotationStatistics();
  for (const { id, imagePath, hasImage, widthPx: width, heightPx: height, objects } of images) {
    const annotation = { file: `${file}, image ${id}`, imageFile: imagePath, width, height, objects };
    statistics.add(annotation);
    for (const { index, name, box } of objects) {
      const judged = judgeCocoBox(box, annotation);
      if (judged.kind === undefined) continue;
      faults.push(makeFault(judged.kind, judged.found, { file: annotation.file, object: index, className: name }));
    }
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
