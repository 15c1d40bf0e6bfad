import { Random } from '@featuremine/random';
import { createClassifier, type Classifier } from '../classifier';
import { createNetwork } from '../create-network';
import { featureMining, type FeatureMining } from '../feature-mining/feature-mining';
import { pixelStatistics } from '../pixel-statistics';

/** What is measured: table 10 of the paper has ResNet-56 with batches of 128 images of 32 px. */
export interface OverheadOptions {
  readonly model: string;
  readonly imageSize: number;
  readonly batchSize: number;
  readonly numClasses: number;
  readonly precision: 'float32' | 'bfloat16';
  readonly threads?: number | undefined;
  /** On how many of the last stages Feature Mining is measured; once for each number. */
  readonly stages: readonly (1 | 2)[];
  /** Measured steps of each kind; warm-up steps come before them. */
  readonly rounds: number;
  readonly warmup: number;
}

/** Milliseconds of each step, the same index in the same round. */
export interface Overhead {
  readonly plain: readonly number[];
  /** With Feature Mining, in the order of `stages`. */
  readonly mined: readonly (readonly number[])[];
}

interface Contender {
  readonly classifier: Classifier;
  readonly mining: FeatureMining;
  readonly stepMs: number[];
}

/**
 * Times training steps with and without Feature Mining in one process, in turn (and the other way round in every second round), so that what
 * else happens on the machine meets all of them; compare them round by round.
 */
export async function measureOverhead(options: OverheadOptions): Promise<Overhead> {
  const contenders = ([0, ...options.stages] as const).map((stages) => contender(stages, options));
  try {
    await takeTurns(contenders, options);
  } finally {
    for (const { classifier } of contenders) await classifier.model.dispose();
  }
  const [plain, ...mined] = contenders.map(({ stepMs }) => stepMs);
  return { plain, mined };
}

async function takeTurns(contenders: readonly Contender[], options: OverheadOptions): Promise<void> {
  const batch = randomBatch(options);
  for (let round = -options.warmup; round < options.rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const { classifier, mining, stepMs } of order) {
      const drawn = mining.draw(0, round + options.warmup);
      const startMs = performance.now();
      await classifier.train({ ...batch, ...drawn, learningRate: 0.01 });
      if (round >= 0) stepMs.push(performance.now() - startMs);
    }
  }
}

function contender(stages: 0 | 1 | 2, options: OverheadOptions): Contender {
  const { model, numClasses, imageSize, precision, threads } = options;
  const network = createNetwork(model, { numClasses });
  const mining = featureMining(network, { stages, imageSize });
  const classifier = createClassifier({
    ...{ network, mining, pixels: pixelStatistics(network), labelSmoothing: 0 },
    ...{ seed: 0, precision, threads, ema: 0 },
    ...{ optimizer: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4, decayVectors: true },
  });
  return { classifier, mining, stepMs: [] };
}

function randomBatch({
  batchSize,
  imageSize,
  numClasses,
}: OverheadOptions): Pick<Parameters<Classifier['train']>[0], 'images' | 'labels'> {
  const random = Random.of(0, 'overhead');
  const pixels = Uint8Array.from({ length: batchSize * imageSize ** 2 * 3 }, () => random.integer(256));
  const labels = Int32Array.from({ length: batchSize }, () => random.integer(numClasses));
  return {
    images: { dtype: 'uint8', shape: [batchSize, imageSize, imageSize, 3], data: pixels },
    labels: { dtype: 'int32', shape: [batchSize], data: labels },
  };
}
