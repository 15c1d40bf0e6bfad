import { UserError, WeightsError } from '@featuremine/errors';
import { isOnWebGpu, startBackend, startWasm } from './backend';
import { BrowserDetector } from './browser-detector';
import { decodePicture } from './decode-picture';
import type { LoadedModel, WorkerReply, WorkerRequest } from './protocol';
import type { ModelMetadata } from '../detector/model-metadata';

// The part of a worker's global scope that is used here; the DOM's types describe a window.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<WorkerRequest>) => void;
  postMessage(reply: WorkerReply): void;
};

let detector: BrowserDetector | undefined;

// One request after the other: a network in the middle of a picture must not meet the next one.
let last: Promise<void> = Promise.resolve();
scope.onmessage = ({ data: request }) => {
  last = last.then(() => answer(request));
};

async function answer(request: WorkerRequest): Promise<void> {
  try {
    scope.postMessage(request.kind === 'load' ? await load(request) : await detect(request));
  } catch (error) {
    scope.postMessage({ kind: 'failed', id: request.id, message: messageOf(error) });
  }
}

async function load({ id, source, backend, threads }: WorkerRequest & { kind: 'load' }): Promise<WorkerReply> {
  const startMs = performance.now();
  let { name, note } = await startBackend(backend, threads);
  detector = await BrowserDetector.load(source, (fraction) => scope.postMessage({ kind: 'progress', id, fraction }));
  try {
    await detector.warmUp();
  } catch (error) {
    // Drivers that cannot run a network say so only now.
    if (!isOnWebGpu()) throw error instanceof UserError ? error : unfit(error);
    note = `WebGPU is not used: ${messageOf(error)}`;
    name = await startWasm(threads);
    await detector.warmUp();
  }
  const { classNames, scoreThreshold, weights, input } = detector.metadata;
  const model: LoadedModel = {
    classNames,
    scoreThreshold,
    weights,
    inputSize: sizeInWords(input),
    backend: name,
    backendNote: note,
    loadMs: performance.now() - startMs,
  };
  return { kind: 'loaded', id, model };
}

async function detect({ id, image }: WorkerRequest & { kind: 'detect' }): Promise<WorkerReply> {
  if (detector === undefined) throw new Error('no model is loaded.');
  const startMs = performance.now();
  const decoded = await decodePicture(image);
  const decodeMs = performance.now() - startMs;
  const result = await detector.detect(decoded);
  return { kind: 'detected', id, result: { ...result, times: { ...result.times, decodeMs } } };
}

function unfit(error: unknown): Error {
  return new WeightsError(
    {
      where: 'the model',
      found: `tfjs does not run it (${messageOf(error)})`,
      fix: 'Export the detector again: retinanet export --format tfjs --verify',
    },
    { cause: error },
  );
}

function sizeInWords({ resize }: ModelMetadata['input']): string {
  if (resize.kind === 'fit') return `${resize.size} px, the longest side`;
  if (resize.kind === 'stretch') return `${resize.width}×${resize.height} px, stretched`;
  return `${resize.minSize} px, the shorter side; at most ${resize.maxSize} px`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
