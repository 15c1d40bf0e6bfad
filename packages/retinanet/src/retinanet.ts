import type { Precision } from '@featuremine/tensor-graph';
import { loadDetectionBatch } from '@featuremine/vision-data';
import type { DetectionResize, ImageInput } from '@featuremine/vision-data';
import { batchDetections, evaluateBatch } from './detect-samples';
import { namedDetections } from './image-detections';
import type { ImageDetections } from './image-detections';
import { openDetector } from './open-detector';
import type { OpenDetector } from './open-detector';
import type { DetectorSource } from './read-detector';
import type { PostProcessSettings } from './post-process';

/** Options of `RetinaNet.load`. */
export interface LoadDetectorOptions {
  /** Another size than the one of training. */
  readonly resize?: DetectionResize;
  readonly precision?: Precision;
  /** ε of the batch norm of a file of weights: 0 for torchvision's COCO_V1 (1e-5). */
  readonly normEpsilon?: number;
  /** Looks at the mirror image of each image too, and merges what is found: twice the time. */
  readonly isMirrored?: boolean;
}

/**
 * A trained detector for use in a program.
 *
 *     const detector = await RetinaNet.load('runs/voc');
 *     const { detections } = await detector.detect('photo.jpg');
 *     await detector.close();
 */
export class RetinaNet {
  private constructor(
    private readonly detector: OpenDetector,
    private readonly isMirrored: boolean,
  ) {}

  /**
   * Loads a run folder of `retinanet train`, or weights with torchvision's names and their class names.
   *
   * @throws ConfigError or WeightsError for a folder without a run and for weights that do not fit
   */
  static async load(source: string | DetectorSource, options: LoadDetectorOptions = {}): Promise<RetinaNet> {
    const detector = await openDetector(typeof source === 'string' ? { run: source } : source, options);
    return new RetinaNet(detector, options.isMirrored ?? false);
  }

  /** The names of the classes, in the order of their ids. */
  get classNames(): readonly string[] {
    return this.detector.classNames;
  }

  /**
   * Finds the objects in an image: a path, or the bytes of an image file with a name for messages. Calls may overlap.
   *
   * @throws DatasetError for an image that cannot be read
   */
  async detect(image: ImageInput, settings?: Partial<PostProcessSettings>): Promise<ImageDetections> {
    const { evaluate, resize, pixels, classNames, architecture } = this.detector;
    const batch = await loadDetectionBatch([image], { resize, pixels });
    const evaluated = await evaluateBatch(batch, { evaluate, isMirrored: this.isMirrored });
    const [found] = batchDetections(evaluated, {
      numClasses: classNames.length,
      anchors: architecture.anchors,
      ...(settings ? { settings } : {}),
    });
    return namedDetections(found.size, found.detections, classNames);
  }

  /** Frees the memory of the detector. */
  close(): Promise<void> {
    return this.detector.close();
  }
}
