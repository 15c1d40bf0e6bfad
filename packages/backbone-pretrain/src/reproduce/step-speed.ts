import { availableParallelism, cpus } from 'node:os';
import type { Logger } from '@featuremine/command-line';
import { readJsonIfSound } from '@featuremine/files';
import { Random } from '@featuremine/random';
import { writeRunFile } from '@featuremine/training';
import { createClassifier } from '../classifier';
import { drawInputs } from '../classification-steps';
import { createNetwork } from '../create-network';
import { featureMining } from '../feature-mining/feature-mining';
import { miningKind } from '../feature-mining/mining-kinds';
import { chosenMethods } from '../methods/chosen-methods';
import { PARTNER_IMAGES } from '../methods/cs-kd';
import { pixelStatistics } from '../pixel-statistics';
import { trainSchema, type TrainOptions } from '../training-options';
import type { RecipeOptions } from './recipe-file';

const WARMUP = 1;
const STEPS = 3;

/** The images/s of training steps, measured once for each kind of step on this machine and kept in a file. */
export class StepSpeeds {
  private readonly known: Record<string, number>;

  constructor(
    private readonly path: string,
    private readonly log: Logger,
  ) {
    this.known = (readJsonIfSound(path) ?? {}) as Record<string, number>;
  }

  /** The speed of a training's steps; measures it if it is not known. */
  async of(recipe: RecipeOptions, numClasses: number): Promise<number> {
    const options = trainSchema.parse({ ...recipe, out: 'none' });
    const { model, imageSize, featureMining, miningKind, mixup, cutmix, dropout, byot, csKd, stem, precision } =
      options;
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${options.threads ?? availableParallelism()} threads`;
    const kind = { model, imageSize, featureMining, miningKind, byot, stem, precision, numClasses };
    const further = { isMixed: mixup + cutmix > 0, dropout, csKd: csKd > 0, batchSize: measuredBatch(options) };
    const key = JSON.stringify({ ...kind, ...further, machine });
    if (this.known[key] !== undefined) return this.known[key];
    this.log.info(`measuring steps of ${model}, ${describeKind(options)}`);
    this.known[key] = await measure(options, numClasses);
    writeRunFile(this.path, `${JSON.stringify(this.known, null, 1)}\n`);
    return this.known[key];
  }
}

// Larger batches are hardly faster per image, and do not fit everywhere.
function measuredBatch({ batchSize, imageSize = 32, model }: TrainOptions): number {
  const isHeavy = imageSize >= 128 || model.startsWith('wrn') || model.startsWith('pyramidnet');
  return Math.min(batchSize, isHeavy ? 16 : 128);
}

async function measure(options: TrainOptions, numClasses: number): Promise<number> {
  const { seed, imageSize = 32 } = options;
  const count = measuredBatch(options);
  const network = createNetwork(options.model, { numClasses, stem: options.stem });
  const kind = miningKind(options.miningKind);
  const mining = featureMining(network, { stages: options.featureMining as 0 | 1 | 2 | 3, imageSize, kind });
  const methods = chosenMethods(options, network, imageSize);
  const classifier = createClassifier({ ...options, network, mining, methods, pixels: pixelStatistics(network) });
  const random = Random.of(seed, 'speed');
  const pixels = Uint8Array.from({ length: count * imageSize * imageSize * 3 }, () => random.integer(256));
  const images = { dtype: 'uint8', shape: [count, imageSize, imageSize, 3], data: pixels } as const;
  const data = Int32Array.from({ length: count }, () => random.integer(numClasses));
  const labels = { dtype: 'int32', shape: [count], data } as const;
  const partners = options.csKd > 0 ? { [PARTNER_IMAGES]: images } : {};
  try {
    let startMs = performance.now();
    for (let stepNumber = 0; stepNumber < WARMUP + STEPS; stepNumber++) {
      if (stepNumber === WARMUP) startMs = performance.now();
      const drawn = drawInputs({ mining, methods }, { seed, stepNumber, labels: data });
      await classifier.train({ images, labels, ...partners, ...drawn, learningRate: 0.01 });
    }
    return (1000 * STEPS * count) / (performance.now() - startMs);
  } finally {
    await classifier.model.dispose();
  }
}

function describeKind({ imageSize = 32, featureMining, dropout, mixup, byot, csKd }: TrainOptions): string {
  const methods = [
    ...(featureMining > 0 ? [`Feature Mining on ${featureMining}`] : []),
    ...(dropout === 'none' ? [] : [`dropout ${dropout}`]),
    ...(mixup > 0 ? ['Mixup'] : []),
    ...(byot ? ['BYOT'] : []),
    ...(csKd > 0 ? ['CS-KD'] : []),
  ];
  return [`${imageSize} px`, ...methods].join(', ');
}
