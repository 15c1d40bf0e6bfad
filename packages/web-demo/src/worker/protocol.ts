import type { FoundObject, ImageSize } from '@featuremine/retinanet/browser';

/** What computes the network: WebGPU where it works and WebAssembly elsewhere, or one of them. */
export type BackendChoice = 'auto' | 'wasm' | 'webgpu';

/** A model on the server, or the files of one (model.json and its weights) that the user picked. */
export type ModelSource = { readonly url: string } | { readonly files: readonly File[] };

/** A question to the worker. It answers each with one reply of the same id, and may send progress before. */
export type WorkerRequest =
  | {
      readonly kind: 'load';
      readonly id: number;
      readonly source: ModelSource;
      readonly backend: BackendChoice;
      /** Most threads of WebAssembly, which takes half as many as there are logical processors; 4 by default. */
      readonly threads?: number | undefined;
    }
  | { readonly kind: 'detect'; readonly id: number; readonly image: Blob | ImageBitmap };

/** An answer of the worker. */
export type WorkerReply =
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }
  | { readonly kind: 'loaded'; readonly id: number; readonly model: LoadedModel }
  | { readonly kind: 'detected'; readonly id: number; readonly result: DetectionResult }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** A model that is ready. */
export interface LoadedModel {
  readonly classNames: readonly string[];
  /** Detections below this score are never given. */
  readonly scoreThreshold: number;
  /** The size of its input in words. */
  readonly inputSize: string;
  /** float32, float16 or uint8. */
  readonly weights: string;
  /** In words: WebGPU, or WebAssembly and its threads. */
  readonly backend: string;
  /** Why it is not the backend that was asked for. */
  readonly backendNote?: string | undefined;
  readonly loadMs: number;
}

/** The objects in a picture, and how long each stage took. */
export interface DetectionResult {
  readonly size: ImageSize;
  /** Best score first, in pixels of the picture. */
  readonly detections: readonly FoundObject[];
  readonly times: StageTimes;
}

/** Milliseconds of each stage. */
export interface StageTimes {
  readonly decodeMs: number;
  readonly resizeMs: number;
  readonly networkMs: number;
  readonly postProcessMs: number;
}
