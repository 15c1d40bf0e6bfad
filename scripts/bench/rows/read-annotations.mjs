// A VOC image set of options.batchSize annotated images, read and checked as trainings do at their start. The images are
// empty files: nothing is decoded then.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@featuremine/random';
import { formatAnnotation, readImageSet, writeImageSet } from '@featuremine/voc';
import { contenderOptions, measureSteps } from '../measure.mjs';

const options = contenderOptions();
const devkit = mkdtempSync(join(tmpdir(), 'bench-annotations-'));
try {
  writeDevkit();
  let objects = 0;
  await measureSteps({
    options,
    step: () => {
      objects = readImageSet(devkit, '2007/all').report.objectCount;
    },
    note: () => ({ objects }),
  });
} finally {
  rmSync(devkit, { recursive: true });
}

function writeDevkit() {
  const random = Random.of(0, 'annotations');
  const ids = Array.from({ length: options.batchSize }, (_, i) => String(i).padStart(6, '0'));
  writeImageSet({ devkit, year: '2007', set: 'all', ids });
  const folders = ['Annotations', 'JPEGImages'].map((name) => join(devkit, 'VOC2007', name));
  for (const folder of folders) mkdirSync(folder);
  for (const id of ids) {
    const objects = Array.from({ length: 3 }, () => {
      const [x, y, size] = [random.uniform(0, 300), random.uniform(0, 200), random.uniform(20, 100)].map(Math.round);
      return { name: 'dog', box: [x, y, x + size, y + size] };
    });
    const text = formatAnnotation({ imageFile: `${id}.jpg`, widthPx: 500, heightPx: 375, objects });
    writeFileSync(join(folders[0], `${id}.xml`), text);
    writeFileSync(join(folders[1], `${id}.jpg`), '');
  }
}
