import { tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { ExportedOutputs } from '@featuremine/retinanet/browser';
import type { DecodedImage } from '@featuremine/vision-data/browser';
import { detectionsOf } from '../detector/detections-of';
import { parseModelMetadata } from '../detector/model-metadata';
import type { ModelMetadata } from '../detector/model-metadata';
import { networkInput } from '../detector/network-input';
import type { NetworkInput } from '../detector/network-input';
import type { DetectionResult, ModelSource, StageTimes } from './protocol';
import { readModel } from './read-model';

/** What the network finds in a decoded image; how long decoding took is not known here. */
export type DecodedDetection = Omit<DetectionResult, 'times'> & { readonly times: Omit<StageTimes, 'decodeMs'> };

/** A detector of `retinanet export --format tfjs`, on the backend of tfjs that was started. */
export class BrowserDetector {
  private constructor(
    readonly metadata: ModelMetadata,
    private readonly model: GraphModel,
  ) {}

  /**
   * Reads a model; `onProgress` hears which part of it is there, 0…1.
   *
   * @throws WeightsError for a file that is missing or damaged, and for a model that is no detector
   */
  static async load(source: ModelSource, onProgress: (fraction: number) => void): Promise<BrowserDetector> {
    const artifacts = await readModel(source, onProgress);
    const metadata = parseModelMetadata(artifacts.userDefinedMetadata);
    return new BrowserDetector(metadata, await loadGraphModel({ load: () => Promise.resolve(artifacts) }));
  }

  /** Finds the objects in an image. */
  async detect(image: DecodedImage): Promise<DecodedDetection> {
    const startMs = performance.now();
    const input = networkInput(image, this.metadata);
    const resizedMs = performance.now();
    const output = await this.run(input);
    const computedMs = performance.now();
    const detections = detectionsOf(output, input, this.metadata);
    const times = {
      resizeMs: resizedMs - startMs,
      networkMs: computedMs - resizedMs,
      postProcessMs: performance.now() - computedMs,
    };
    return { size: input.originalSize, detections, times };
  }

  /** Runs the network on grey, so that the first picture finds everything compiled. */
  async warmUp(): Promise<void> {
    const { resize } = this.metadata.input;
    const [width, height] =
      resize.kind === 'fit'
        ? [resize.size, resize.size]
        : resize.kind === 'stretch'
          ? [resize.width, resize.height]
          : [resize.minSize, resize.minSize];
    await this.detect({ width, height, data: new Uint8Array(width * height * 3).fill(128) });
  }

  private async run({ data, paddedSize }: NetworkInput): Promise<ExportedOutputs> {
    const { input, outputs } = this.metadata;
    const images = tensor4d(data, [1, paddedSize.height, paddedSize.width, 3]);
    let tensors: Tensor[] = [];
    try {
      tensors = this.model.execute({ [input.name]: images }, [outputs.logits.name, outputs.deltas.name]) as Tensor[];
      const [logits, deltas] = await Promise.all(tensors.map((tensor) => tensor.data()));
      return { logits: logits as Float32Array, deltas: deltas as Float32Array };
    } finally {
      images.dispose();
      for (const tensor of tensors) tensor.dispose();
    }
  }
}
