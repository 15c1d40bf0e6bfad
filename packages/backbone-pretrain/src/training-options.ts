import { trainingFields } from '@featuremine/training';
import { DEFAULT_SHUFFLE_BUFFER } from '@featuremine/vision-data';
import { z } from 'zod';
import { NETWORK_NAMES } from './create-network';
import { DATASET_NAMES } from './dataset-kinds';
import { MINING_KINDS } from './feature-mining/mining-kinds';
import { FIXED_MASKS } from './methods/fixed-mask';
import { NOISE_KINDS } from './methods/label-noise';
import { DROPOUT_KINDS } from './methods/stage-dropout';

/** The options that say what images a classifier is trained on or measured with. */
export const dataFields = {
  dataset: z
    .enum(DATASET_NAMES)
    .describe(
      'Kind of the data set: class folders, a published one as it unpacks, what pack wrote, or shapes that are drawn',
    ),
  data: z.string().min(1).optional().describe('Folder of the data set (shapes has none)'),
  shuffleBuffer: z
    .number()
    .int()
    .min(1)
    .default(DEFAULT_SHUFFLE_BUFFER)
    .describe('Images among which the next is drawn, of packed records; other data sets are shuffled as a whole'),
  cache: z
    .string()
    .min(1)
    .optional()
    .describe('Folder for decoded images, which are read from there in later epochs and runs'),
  cropToBox: z.boolean().default(false).describe('Crops the images of cub to the box of the bird'),
  imageSize: z
    .number()
    .int()
    .min(8)
    .optional()
    .describe("Side of the network's square input; images are resized (the data set's own size if not given)"),
  shapes: z
    .object({
      train: z.number().int().min(1).default(2000).describe('Training images'),
      test: z.number().int().min(1).default(500).describe('Test images'),
      seed: z.number().int().min(0).default(0).describe('Seed of the images; not that of the training'),
      classes: z.array(z.string()).min(2).optional().describe('Which shapes (all if not given)'),
    })
    .prefault({})
    .describe('How many shapes are drawn'),
} as const;

/** The options of `backbone-pretrain train`, and the keys of a recipe. */
export const trainSchema = z.object({
  ...dataFields,
  model: z
    .string()
    .default('resnet18')
    .describe(`Network: ${NETWORK_NAMES.join(', ')}`),
  stem: z
    .literal([32, 64, 224])
    .optional()
    .describe("Image side that the network's first layers are made for (its paper's if not given)"),
  featureMining: z.number().int().min(0).max(3).default(0).describe('How many of the last stages are mined; 0 is none'),
  earlyFullHead: z.boolean().default(false).describe('Gives earlier mined stages a head for the whole map too'),
  miningKind: z.enum(MINING_KINDS).default('box').describe('What is mined: boxes, or an ablation of the paper'),
  miningWeight: z.number().min(0).default(1).describe("Factor of the mining heads' losses; the paper's is 1"),
  dropout: z
    .enum(['none', ...DROPOUT_KINDS])
    .default('none')
    .describe('Dropout between stages, as the paper compares'),
  dropoutRate: z.number().gt(0).lt(1).optional().describe('Its rate (0.3 for dropout, 0.1 for spatial and block)'),
  mixup: z.number().min(0).default(0).describe("Mixup's alpha; 0 is none, 1 mixes evenly"),
  cutmix: z
    .number()
    .min(0)
    .default(0)
    .describe("CutMix's alpha; 0 is none, 1 the authors'; with mixup, each step takes one of both"),
  cutmixProbability: z.number().min(0).max(1).default(1).describe('Share of the steps that cut, without mixup'),
  byot: z.boolean().default(false).describe('Be Your Own Teacher: an exit after each stage, taught by the last'),
  byotAlpha: z.number().min(0).max(1).default(0.1).describe('Part of the teacher in its loss'),
  byotTemperature: z.number().positive().default(3).describe('Its temperature'),
  byotFeatureWeight: z.number().min(0).default(1e-6).describe('Weight of its distances between maps'),
  csKd: z.number().min(0).default(0).describe('CS-KD: weight of the divergence within classes; 0 is none'),
  csKdTemperature: z.number().positive().default(4).describe('Its temperature'),
  fixedMask: z
    .enum(['none', ...FIXED_MASKS])
    .default('none')
    .describe('Trains on this part of the last map alone (figure 2 of the paper)'),
  labelNoise: z.number().min(0).max(1).default(0).describe('Share of the training labels that are falsified'),
  noiseKind: z.enum(NOISE_KINDS).default('symmetric').describe('False labels: any other class, or the next'),
  samplesPerClass: z.number().int().min(1).optional().describe('Training images of each class (all if not given)'),
  weights: z.string().min(1).optional().describe('Weights to start from (safetensors or a PyTorch checkpoint)'),
  augment: z.enum(['standard', 'none']).default('standard').describe('Crops and flips, as is usual for the data set'),
  labelSmoothing: z.number().min(0).lt(1).default(0).describe('Share of each target that is spread over all classes'),
  decayVectors: z.boolean().default(true).describe('Weight decay on biases and batch norms too'),
  ...trainingFields,
  epochs: trainingFields.epochs.default(30),
  batchSize: trainingFields.batchSize.default(128),
  lr: trainingFields.lr.default(0.1),
  schedule: trainingFields.schedule.default('multi-step'),
});
/** The resolved options of `backbone-pretrain train`. */
export type TrainOptions = z.output<typeof trainSchema>;

/** The options of `backbone-pretrain eval`; what is not given is taken from the run. */
export const evalSchema = z.object({
  run: z.string().min(1).describe('Run folder of backbone-pretrain train'),
  dataset: dataFields.dataset.optional().describe('Kind of the data set (the run’s if not given)'),
  data: dataFields.data.describe('Folder of the data set (the run’s if not given)'),
  cache: dataFields.cache.describe('Folder for decoded images (the run’s if not given)'),
  imageSize: dataFields.imageSize.describe('Side of the images in pixels (the run’s if not given)'),
  batchSize: z.number().int().min(1).optional().describe('Images per step (the run’s if not given)'),
  precision: z
    .enum(['float32', 'bfloat16'])
    .optional()
    .describe('Precision of the activations (the run’s if not given)'),
  workers: trainingFields.workers,
  threads: trainingFields.threads.describe('Threads of TensorFlow (the run’s if not given)'),
});
/** The resolved options of `backbone-pretrain eval`. */
export type EvalOptions = z.output<typeof evalSchema>;
