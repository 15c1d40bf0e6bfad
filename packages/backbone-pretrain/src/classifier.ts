import {
  CompiledModel,
  optimizerOf,
  type CompiledFunction,
  type GradientExchange,
  type OptimizerOptions,
  type Precision,
} from '@featuremine/tensor-graph';
import { evaluationStep, trainingStep, type ClassifierParts } from './classification-steps';
import { ownVariables } from './methods/training-method';

/** How a classifier is trained; names and defaults are those of `trainSchema`. */
export interface ClassifierOptions extends ClassifierParts, OptimizerOptions {
  readonly seed: number;
  readonly precision: Precision;
  readonly threads?: number | undefined;
  /** Lets XLA compile clusters of ops on a GPU. Default false. */
  readonly xla?: boolean;
  /** Whether weight decay applies to biases and batch norms too, as in the reference recipes. */
  readonly decayVectors: boolean;
  readonly clipNorm?: number | undefined;
  /** Decay of the averaged weights; 0 keeps none. */
  readonly ema: number;
  /** The processes that train together; this one alone by default. */
  readonly job?: GradientExchange;
}

/** A classifier's variables with the functions that train and run it. */
export interface Classifier {
  readonly model: CompiledModel;
  /** Takes `learningRate` and the inputs of `trainingStep`. */
  readonly train: CompiledFunction;
  /** Takes `images`; uses the averaged weights where they are kept. */
  readonly predict: CompiledFunction;
}

/** Makes the variables of a network, its mining heads and its methods, and the steps over them; they compile when first run. */
export function createClassifier(options: ClassifierOptions): Classifier {
  const { network, mining, methods = [], ema, clipNorm, threads, job } = options;
  const model = new CompiledModel({
    variables: [...network.variables, ...mining.variables, ...ownVariables(methods)].map((variable) => ({
      ...variable,
      hasDecay: variable.hasDecay && (options.decayVectors || variable.shape.length > 1),
    })),
    seed: options.seed,
    precision: options.precision,
    ...(threads === undefined ? {} : { threads }),
    xla: options.xla ?? false,
    ...(ema === 0 ? {} : { ema: { decay: ema } }),
    ...(job === undefined ? {} : { job }),
  });
  const training = { optimizer: optimizerOf(options), ...(clipNorm === undefined ? {} : { clipNorm }) };
  return {
    model,
    train: model.trainStep('train', trainingStep(options), training),
    predict: model.evaluation('predict', evaluationStep(options), { weights: ema === 0 ? 'current' : 'ema' }),
  };
}
