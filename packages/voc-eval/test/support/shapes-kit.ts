import { join } from 'node:path';
import { writeAnnotation, writeDetections, writeImageSet } from '@featuremine/voc';
import { newFolder } from './run';

/** A devkit of two images with a cat, a dog and a difficult dog, and detections of them. */
export function smallKit(): { voc: string; detections: string } {
  const voc = newFolder();
  const annotations = join(voc, 'VOC2007', 'Annotations');
  const size = { widthPx: 100, heightPx: 80 };
  writeAnnotation(annotations, {
    imageFile: '000001.jpg',
    ...size,
    objects: [
      { name: 'cat', box: [0, 0, 20, 20] },
      { name: 'dog', box: [40, 40, 60.5, 70.25] },
    ],
  });
  writeAnnotation(annotations, {
    imageFile: '000002.jpg',
    ...size,
    objects: [{ name: 'dog', box: [10, 10, 50, 50], isDifficult: true }],
  });
  writeImageSet({ devkit: voc, year: '2007', set: 'test', ids: ['000001', '000002'] });
  const detections = join(voc, 'results');
  writeDetections({
    folder: detections,
    set: 'test',
    detections: {
      classNames: ['cat', 'dog'],
      imageIds: ['000001', '000002'],
      imageIndex: [0, 0, 1, 1],
      classIndex: [0, 1, 1, 0],
      scores: [0.9, 0.8, 0.7, 0.6],
      boxes: [0, 0, 20, 19, 40, 40, 60.5, 70.25, 10, 10, 50, 50, 1, 1, 9, 9],
    },
  });
  return { voc, detections };
}
