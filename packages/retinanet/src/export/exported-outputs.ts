import { anchorsFor, anchorsPerCell, retinanetLevels } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import type { ImageSize } from '@featuremine/vision-data/browser';
import type { Detections } from '../detections';
import { postProcess } from '../post-process';
import type { LevelOutput, PostProcessSettings } from '../post-process';

/** What an exported network says about one image: logits `[R, K]` and deltas `[R, 4]`, over all levels. */
export interface ExportedOutputs {
  readonly logits: Float32Array;
  readonly deltas: Float32Array;
}

/** The outputs of one image, level by level, with their anchors; `inputSize` is that of the network's input. */
export function exportedLevels(
  { logits, deltas }: ExportedOutputs,
  options: { readonly inputSize: ImageSize; readonly numClasses: number; readonly anchors: AnchorShapes },
): LevelOutput[] {
  const { width, height } = options.inputSize;
  const { numClasses: columns } = options;
  const anchors = anchorsFor(options.inputSize, options.anchors);
  const perCell = anchorsPerCell(options.anchors);
  let from = 0;
  return retinanetLevels(width, height, options.anchors).map(({ gridWidth, gridHeight }) => {
    const to = from + gridWidth * gridHeight * perCell;
    const level = {
      logits: logits.subarray(from * columns, to * columns),
      deltas: deltas.subarray(from * 4, to * 4),
      anchors: anchors.subarray(from * 4, to * 4),
    };
    from = to;
    return level;
  });
}

/** The detections that an exported network's outputs give, in pixels of the resized image. Uses no TensorFlow. */
export function detectionsOfExport(
  outputs: ExportedOutputs,
  options: Parameters<typeof exportedLevels>[1] & {
    /** The resized image without its padding. */
    readonly imageSize: ImageSize;
    readonly settings?: Partial<PostProcessSettings>;
  },
): Detections {
  return postProcess({
    levels: exportedLevels(outputs, options),
    numClasses: options.numClasses,
    hasBackground: false,
    imageSize: options.imageSize,
    ...(options.settings ? { settings: options.settings } : {}),
  });
}
