// What the detector of a run says about images, for the runtimes of other languages; expected.py describes the file.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exportedImage, joinedOutputs, detectionsOfExport, openDetector } from '@featuremine/retinanet';
import { RETINANET_ANCHORS } from '@featuremine/boxes';
import { loadDetectionBatch } from '@featuremine/vision-data';
import { writeSafetensors } from '@featuremine/weights';

/** Looks at the first `count` images of a folder. */
export async function writeExpected({ run, images, count, file }) {
  const detector = await openDetector({ run });
  const tensors = new Map();
  try {
    const names = readdirSync(images).sort().slice(0, count);
    for (const [index, name] of names.entries()) {
      const found = await lookAt(detector, join(images, name));
      for (const [key, tensor] of Object.entries(found)) tensors.set(`${key}_${index}`, tensor);
    }
  } finally {
    await detector.close();
  }
  writeSafetensors(file, tensors);
}

async function lookAt({ evaluate, resize, pixels, classNames, architecture }, file) {
  const batch = await loadDetectionBatch([file], { resize, pixels });
  const { images, imageSizes } = batch;
  const [, rows, columns] = images.shape;
  const [height, width] = imageSizes.data;
  const numClasses = classNames.length;
  const outputs = joinedOutputs(await evaluate({ images, imageSizes }), numClasses);
  const detections = detectionsOfExport(outputs, {
    inputSize: { width: columns, height: rows },
    imageSize: { width, height },
    numClasses,
    anchors: architecture.anchors ?? RETINANET_ANCHORS,
  });
  const input = exportedImage(batch, 0);
  const anchors = outputs.deltas.length / 4;
  return {
    input: floats(input.shape, input.data),
    image: floats([height, width, 3], cropped(images, { width, height })),
    size: floats([2], Float32Array.of(height, width)),
    logits: floats([1, anchors, numClasses], outputs.logits),
    deltas: floats([1, anchors, 4], outputs.deltas),
    boxes: floats([detections.scores.length, 4], detections.boxes),
    scores: floats([detections.scores.length], detections.scores),
    labels: { dtype: 'I32', shape: [detections.classIds.length], data: detections.classIds },
  };
}

function floats(shape, data) {
  return { dtype: 'F32', shape, data };
}

function cropped({ shape: [, , columns], data }, { width, height }) {
  const pixels = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    pixels.set(data.subarray(y * columns * 3, (y * columns + width) * 3), y * width * 3);
  }
  return pixels;
}
