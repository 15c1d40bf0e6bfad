import type { Collective } from '@featuremine/mpi';
import { DetectionList } from '@featuremine/voc-eval';
import type { Detections } from '@featuremine/voc-eval';

// Numbers of a row on the way: image, class, score, and the four of the box.
const ROW = 7;

/**
 * The detections of all processes of a job, on each of them, in the order of images, as one process would have found
 * them. Each image was looked at by one process.
 */
export async function gatherDetections(job: Collective, own: Detections): Promise<Detections> {
  if (job.size === 1) return own;
  const rows = new Float64Array(own.score.length * ROW);
  own.score.forEach((score, i) => {
    rows.set([own.imageIndex[i], own.classId[i], score, ...own.box.subarray(4 * i, 4 * i + 4)], ROW * i);
  });
  const all = (await job.gather(new Uint8Array(rows.buffer))).flatMap((bytes) => rowsOf(bytes));
  const list = new DetectionList();
  // The sort is stable: the rows of an image, which come from one process, keep their order.
  for (const row of all.sort((a, b) => a[0] - b[0])) list.add(row[0], row[1], row[2], row.subarray(3));
  return list.detections();
}

function rowsOf(bytes: Uint8Array): Float64Array[] {
  const numbers = new Float64Array(bytes.slice().buffer);
  return Array.from({ length: numbers.length / ROW }, (_, i) => numbers.subarray(ROW * i, ROW * (i + 1)));
}
