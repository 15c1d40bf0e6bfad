/** What a training does, for an estimate of its time. */
export interface TrainingLength {
  readonly trainImages: number;
  readonly testImages: number;
  readonly epochs: number;
  readonly evaluateEvery: number;
  readonly batchSize: number;
  readonly samplesPerClass?: number | undefined;
  readonly numClasses: number;
}

/** An evaluation has no backward pass: a third of a step's work. */
const EVALUATION_SHARE = 1 / 3;

/** Seconds that a training takes at this many images/s; data that cannot be read fast enough come on top. */
export function estimateSeconds(length: TrainingLength, imagesPerSecond: number): number {
  const { trainImages, testImages, epochs, evaluateEvery, batchSize, samplesPerClass, numClasses } = length;
  const chosen = Math.min(trainImages, samplesPerClass === undefined ? Infinity : samplesPerClass * numClasses);
  const trained = Math.floor(chosen / batchSize) * batchSize * epochs;
  const evaluated = Math.ceil(epochs / evaluateEvery) * testImages * EVALUATION_SHARE;
  return (trained + evaluated) / imagesPerSecond;
}
