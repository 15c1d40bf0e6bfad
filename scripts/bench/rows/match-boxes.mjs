// Anchors matched to options.boxes ground-truth boxes, and the targets of those that match: what a data worker does for
// each image of a training.
import { encodeMatches, matchAnchors, retinanetAnchors } from '@featuremine/boxes';
import { Random } from '@featuremine/random';
import { contenderOptions, measureSteps } from '../measure.mjs';

const SIDE = 512;
const options = contenderOptions();
const random = Random.of(0, 'boxes');
const anchors = retinanetAnchors(SIDE, SIDE);
const boxes = Array.from({ length: options.boxes }, () => {
  const [x, y, size] = [random.uniform(0, 400), random.uniform(0, 400), random.uniform(20, 100)];
  return [x, y, x + size, y + size];
});
const gtBoxes = Float32Array.from(boxes.flat());
let foreground = 0;
await measureSteps({
  options,
  step: () => {
    const matches = matchAnchors(anchors, gtBoxes);
    encodeMatches({ anchors, gtBoxes, matches });
    foreground = matches.filter((match) => match >= 0).length;
  },
  note: () => ({ foreground }),
});
