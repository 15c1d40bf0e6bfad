import { writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { writeAnnotation } from '@featuremine/voc';
import type { ImageDetections } from './image-detections';

/** What was found in an image file. */
export type ImagePrediction = { readonly file: string } & ImageDetections;

/** Writes `predictions.json`: files, sizes and all detections. */
export function writePredictionsJson(out: string, images: readonly ImagePrediction[]): void {
  writeFileSync(join(out, 'predictions.json'), `${JSON.stringify({ images }, null, 1)}\n`);
}

/**
 * Writes `predictions-coco.json` in the form of a COCO annotation file, with a `score` for each annotation; its
 * `annotations` are also what COCO calls results. Category ids are the places in `classNames`, from 1.
 */
export function writePredictionsCoco(
  out: string,
  images: readonly ImagePrediction[],
  classNames: readonly string[],
): void {
  const annotations = images.flatMap(({ detections }, image) =>
    detections.map(({ class: name, score, box: [x1, y1, x2, y2] }) => ({
      image_id: image + 1,
      category_id: classNames.indexOf(name) + 1,
      bbox: [x1, y1, x2 - x1, y2 - y1],
      area: (x2 - x1) * (y2 - y1),
      iscrowd: 0,
      score,
    })),
  );
  const coco = {
    images: images.map(({ file, width, height }, i) => ({ id: i + 1, file_name: basename(file), width, height })),
    categories: classNames.map((name, i) => ({ id: i + 1, name })),
    annotations: annotations.map((annotation, i) => ({ id: i + 1, ...annotation })),
  };
  writeFileSync(join(out, 'predictions-coco.json'), `${JSON.stringify(coco)}\n`);
}

/**
 * Writes a VOC annotation of each image into the folder `annotations`, with the detections from `threshold` on, as
 * labelling tools read them: whole pixels inside the image.
 */
export function writePredictionsVoc(out: string, images: readonly ImagePrediction[], threshold: number): void {
  const names = outputNames(images.map(({ file }) => file));
  images.forEach(({ file, width, height, detections }, i) => {
    writeAnnotation(join(out, 'annotations'), {
      imageFile: `${names[i]}${extname(file)}`,
      widthPx: width,
      heightPx: height,
      objects: detections
        .filter(({ score }) => score >= threshold)
        .map(({ class: name, box }) => ({ name, box: wholePixels(box, { width, height }) })),
    });
  });
}

/** A name for each image's outputs: its stem, with its place before it when another image has that stem. */
export function outputNames(files: readonly string[]): string[] {
  const stems = files.map((file) => basename(file, extname(file)));
  return stems.map((stem, i) => (stems.some((other, k) => k !== i && other === stem) ? `${i + 1}-${stem}` : stem));
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
