import { basename, extname } from 'node:path';
import { AtomicFile } from '@featuremine/files';
import { writeAnnotation } from '@featuremine/voc';
import type { ImageDetections } from './image-detections';

/** What was found in an image file. */
export type ImagePrediction = { readonly file: string } & ImageDetections;

/** A file of predictions that grows with each image, and takes its place when all are in it. */
export interface PredictionFile {
  add(image: ImagePrediction): void;
  commit(): void;
  /** Removes what was written; an old file of that name stays. */
  discard(): void;
}

/** Opens `predictions.json`: files, sizes and all detections, an image a line. */
export function openPredictionsJson(path: string): PredictionFile {
  const file = new AtomicFile(path);
  file.write('{"images":[');
  const images = jsonRows(file);
  return {
    add: (image) => images([image]),
    commit() {
      file.write('\n]}\n');
      file.commit();
    },
    discard: () => file.discard(),
  };
}

/**
 * Opens `predictions-coco.json` in the form of a COCO annotation file, with a `score` for each annotation; its
 * `annotations` are also what COCO calls results. Category ids are the places in `classNames`, from 1.
 */
export function openPredictionsCoco(path: string, classNames: readonly string[]): PredictionFile {
  const file = new AtomicFile(path);
  file.write('{"annotations":[');
  const annotations = jsonRows(file);
  const images: object[] = [];
  let id = 0;
  return {
    add({ file: image, width, height, detections }) {
      images.push({ id: images.length + 1, file_name: basename(image), width, height });
      annotations(
        detections.map(({ class: name, score, box: [x1, y1, x2, y2] }) => ({
          id: ++id,
          image_id: images.length,
          category_id: classNames.indexOf(name) + 1,
          bbox: [x1, y1, x2 - x1, y2 - y1],
          area: (x2 - x1) * (y2 - y1),
          iscrowd: 0,
          score,
        })),
      );
    },
    commit() {
      const categories = classNames.map((name, i) => ({ id: i + 1, name }));
      file.write(`\n],\n"images":${JSON.stringify(images)},\n"categories":${JSON.stringify(categories)}}\n`);
      file.commit();
    },
    discard: () => file.discard(),
  };
}

/** Adds rows to an array that is open in a JSON file, each on a line. */
function jsonRows(file: AtomicFile): (rows: readonly object[]) => void {
  let separator = '\n';
  return (rows) => {
    if (rows.length === 0) return;
    file.write(`${separator}${rows.map((row) => JSON.stringify(row)).join(',\n')}`);
    separator = ',\n';
  };
}

/**
 * Writes the VOC annotation of an image, `folder/<name>.xml`, with the detections from `threshold` on, as labelling
 * tools read them: whole pixels inside the image.
 */
export function writePredictionVoc(
  folder: string,
  image: ImagePrediction,
  { name, threshold }: { readonly name: string; readonly threshold: number },
): void {
  const { file, width, height, detections } = image;
  writeAnnotation(folder, {
    imageFile: `${name}${extname(file)}`,
    widthPx: width,
    heightPx: height,
    objects: detections
      .filter(({ score }) => score >= threshold)
      .map(({ class: name, box }) => ({ name, box: wholePixels(box, { width, height }) })),
  });
}

/**
 * A name for each image's outputs, each another: its stem, with its place before it when another image has that stem
 * (with a higher number when that is an image's stem too).
 */
export function outputNames(files: readonly string[]): string[] {
  const stems = files.map((file) => basename(file, extname(file)));
  const counts = new Map<string, number>();
  for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const taken = new Set(stems);
  return stems.map((stem, i) => {
    if (counts.get(stem) === 1) return stem;
    let number = i + 1;
    while (taken.has(`${number}-${stem}`)) number++;
    taken.add(`${number}-${stem}`);
    return `${number}-${stem}`;
  });
}

// Rounded and inside the image; at least two pixels wide and high, since xmin = xmax is read as a box without area.
function wholePixels(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  { width, height }: { readonly width: number; readonly height: number },
): [number, number, number, number] {
  const [left, right] = wholeInterval(x1, x2, width);
  const [top, bottom] = wholeInterval(y1, y2, height);
  return [left, top, right, bottom];
}

function wholeInterval(from: number, to: number, limit: number): [number, number] {
  const low = Math.max(0, Math.min(limit - 2, Math.round(from)));
  return [low, Math.min(limit, Math.max(low + 2, Math.round(to)))];
}
