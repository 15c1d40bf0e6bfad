import type {
  BackendChoice,
  DetectionResult,
  LoadedModel,
  ModelSource,
  WorkerReply,
  WorkerRequest,
} from '../worker/protocol';

/** What a detector in a worker is started with. */
export interface DetectorOptions {
  readonly source: ModelSource;
  readonly backend: BackendChoice;
  readonly threads?: number | undefined;
  /** Hears which part of the model is there, 0…1. */
  readonly onProgress: (fraction: number) => void;
}

/** Who waits for a reply. */
interface Asker {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

/** A detector in a worker of its own, so that the page never waits for it. */
export class DetectorClient {
  private readonly worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' });
  private readonly waiting = new Map<number, Asker>();
  private nextId = 1;
  private isAlive = false;
  /** Resolves when the model is there; rejects with what is wrong with it. */
  readonly loaded: Promise<LoadedModel>;

  constructor({ source, backend, threads, onProgress }: DetectorOptions) {
    this.worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
      this.isAlive = true;
      if (data.kind === 'progress') onProgress(data.fraction);
      else this.settle(data);
    };
    this.worker.onerror = () =>
      this.rejectAll(
        this.isAlive
          ? 'The worker stopped: this device may be short of memory. Reload the page.'
          : 'The worker did not start: the site may lack files (web-demo build writes them), or the browser is too old.',
      );
    this.loaded = this.ask({ kind: 'load', id: 0, source, backend, threads }).then(
      (reply) => (reply as WorkerReply & { kind: 'loaded' }).model,
    );
  }

  /** The objects in a picture. An ImageBitmap is given away and cannot be used after. */
  async detect(image: Blob | ImageBitmap): Promise<DetectionResult> {
    const reply = await this.ask({ kind: 'detect', id: this.nextId++, image });
    return (reply as WorkerReply & { kind: 'detected' }).result;
  }

  /** Ends the worker; what is still waited for rejects with a StoppedError. */
  stop(): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new StoppedError());
    this.waiting.clear();
  }

  private ask(request: WorkerRequest): Promise<WorkerReply> {
    const transferred = request.kind === 'detect' && request.image instanceof ImageBitmap ? [request.image] : [];
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      this.worker.postMessage(request, transferred);
    });
  }

  private settle(reply: WorkerReply): void {
    const asker = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'failed') asker?.reject(new Error(reply.message));
    else asker?.resolve(reply);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}

/** A question was given up because another model was chosen. */
export class StoppedError extends Error {}
