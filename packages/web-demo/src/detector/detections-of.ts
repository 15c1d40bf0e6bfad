import { ShapeError } from '@featuremine/errors';
import { anchorsPerCell, retinanetLevels } from '@featuremine/boxes';
import { detectionsOfExport, namedDetections, scaleDetections } from '@featuremine/retinanet/browser';
import type { ExportedOutputs, FoundObject } from '@featuremine/retinanet/browser';
import type { ModelMetadata } from './model-metadata';
import type { NetworkInput } from './network-input';

/**
 * The objects in an image, best score first, in pixels of the picture: the post-processing of prediction in Node, with
 * the thresholds that the model brings.
 *
 * @throws ShapeError when the network has other outputs than its metadata says
 */
export function detectionsOf(
  outputs: ExportedOutputs,
  input: Omit<NetworkInput, 'data'>,
  metadata: ModelMetadata,
): readonly FoundObject[] {
  const { classNames } = metadata;
  const anchors = { sizes: metadata.anchors.sizes.map(([smallest]) => smallest), ratios: metadata.anchors.ratios };
  const numClasses = classNames.length;
  const { width, height } = input.paddedSize;
  const cells = retinanetLevels(width, height, anchors).reduce(
    (sum, level) => sum + level.gridWidth * level.gridHeight,
    0,
  );
  const anchorCount = cells * anchorsPerCell(anchors);
  if (outputs.logits.length !== anchorCount * numClasses || outputs.deltas.length !== anchorCount * 4) {
    throw new ShapeError({
      where: 'the model',
      found: `${outputs.logits.length} logits and ${outputs.deltas.length} deltas`,
      expected: `${anchorCount * numClasses} and ${anchorCount * 4}: ${anchorCount} anchors, ${numClasses} classes`,
      fix: 'Its model.json and its weights do not belong together: export it again',
    });
  }
  const found = detectionsOfExport(outputs, {
    inputSize: input.paddedSize,
    imageSize: input.resizedSize,
    numClasses,
    anchors,
    settings: {
      scoreThreshold: metadata.scoreThreshold,
      candidatesPerLevel: metadata.topkCandidates,
      iouThreshold: metadata.nmsThreshold,
      maxDetections: metadata.detectionsPerImage,
    },
  });
  const detections = scaleDetections(found, { from: input.resizedSize, to: input.originalSize });
  return namedDetections(input.originalSize, detections, classNames).detections;
}
