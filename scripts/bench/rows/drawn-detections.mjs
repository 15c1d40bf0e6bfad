// Detections to evaluate, as many as wanted: 20 classes, 2 objects and 250 detections an image, half of them on an object.
import { Random } from '@featuremine/random';
import { DetectionList } from '@featuremine/voc-eval';

const PER_IMAGE = 250;

/** `count` detections, a multiple of 250, with their ground truth. */
export function drawnDetections(count) {
  const random = Random.of(count, 'scale');
  const box = (x, y, size) => [x, y, x + size, y + size];
  const images = Array.from({ length: count / PER_IMAGE }, (_, id) => ({
    id: String(id),
    width: 500,
    height: 500,
    objects: [0, 1].map(() => ({
      classId: random.integer(20),
      isDifficult: random.chance(0.2),
      box: box(random.uniform(0, 400), random.uniform(0, 400), random.uniform(20, 100)),
    })),
  }));
  const list = new DetectionList();
  images.forEach(({ objects }, image) => {
    for (let i = 0; i < PER_IMAGE; i++) {
      const near = objects[i & 1];
      const isNear = random.chance(0.5);
      const [x, y] = isNear ? near.box : [random.uniform(0, 400), random.uniform(0, 400)];
      const size = isNear ? near.box[2] - near.box[0] : random.uniform(20, 100);
      const found = box(x + random.normal() * 5, y + random.normal() * 5, size);
      list.add(image, isNear ? near.classId : random.integer(20), random.uniform(), found);
    }
  });
  const groundTruth = { classNames: Array.from({ length: 20 }, (_, k) => `c${k}`), images };
  return { groundTruth, detections: list.detections() };
}
