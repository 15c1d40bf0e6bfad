import { parentPort, workerData } from 'node:worker_threads';
import { drawValues, type Draw } from './first-values';

// A thread of `drawAll`: draws, answers once, and ends.
const values = (workerData as readonly Draw[]).map(drawValues);
parentPort!.postMessage(
  values,
  values.map(({ buffer }) => buffer as ArrayBuffer),
);
