import { z } from 'zod';
import type { Schedule } from './schedule';
import { createSchedule, scheduleKinds } from './schedule';

/**
 * The options that every training command has. A command spreads them into its own schema and may change a default:
 * `z.object({ ...trainingFields, epochs: trainingFields.epochs.default(30) })`.
 */
export const trainingFields = {
  epochs: z.number().int().min(1).default(10).describe('Passes over the training images'),
  batchSize: z.number().int().min(1).default(16).describe('Images per step, of all processes together'),
  lr: z.number().positive().default(0.01).describe('Learning rate after the warm-up'),
  schedule: z.enum(scheduleKinds).default('cosine').describe('How the learning rate changes'),
  warmupSteps: z.number().int().min(0).default(0).describe('Steps in which the learning rate rises to its value'),
  decayEpochs: z
    .array(z.number().min(0))
    .optional()
    .describe('Epochs at which multi-step multiplies the learning rate (at 1/2 and 3/4 of the epochs if not given)'),
  decayFactor: z.number().positive().max(1).default(0.1).describe('Factor of multi-step at each of its epochs'),
  riseShare: z.number().min(0).max(1).default(0.3).describe('Share of one-cycle’s steps in which the rate rises'),
  optimizer: z.enum(['sgd', 'adamw']).default('sgd').describe('Optimizer'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('Momentum of SGD'),
  nesterov: z.boolean().default(false).describe("Nesterov's form of momentum"),
  weightDecay: z.number().min(0).default(1e-4).describe('Weight decay'),
  clipNorm: z.number().positive().optional().describe('Largest norm of the gradient; larger ones are scaled down'),
  ema: z.number().min(0).lt(1).default(0).describe('Decay of the moving average of the weights; 0 is none'),
  seed: z.number().int().min(0).default(0).describe('Seed of weights, order and augmentation'),
  precision: z.enum(['float32', 'bfloat16']).default('float32').describe('Precision of the activations'),
  workers: z.number().int().min(0).default(2).describe('Threads that read and prepare images'),
  threads: z.number().int().min(1).optional().describe('Threads of TensorFlow (all cores if not given)'),
  xla: z.boolean().default(false).describe('Let XLA compile clusters of ops on a GPU; on a CPU it does nothing'),
  profile: z
    .boolean()
    .default(false)
    .describe('Traces steps 6 to 10, prints their time by op kind and layer, and writes profile.json'),
  out: z.string().min(1).describe('Run folder to write'),
  dryRun: z.boolean().default(false).describe('Only shows what would run, on what data, and for how long'),
  resume: z.boolean().default(false).describe('Go on from the last checkpoint of the run folder'),
  checkpointEvery: z.number().int().min(1).optional().describe('Steps between two checkpoints, besides the time'),
  checkpointEverySeconds: z.number().positive().default(60).describe('Seconds between two checkpoints'),
  keep: z.number().int().min(1).default(2).describe('Checkpoints to keep'),
  logEvery: z.number().int().min(1).default(20).describe('Steps between two lines of metrics.jsonl'),
  evaluateEvery: z.number().int().min(1).default(1).describe('Epochs between two evaluations'),
  earlyStop: z.number().int().min(1).optional().describe('Evaluations without a better one that end the run'),
  maxNonFinite: z.number().int().min(1).default(10).describe('Steps in a row without a finite loss that end the run'),
} as const;

/** The resolved values of `trainingFields`. */
export type TrainingOptions = z.output<z.ZodObject<typeof trainingFields>>;

/** The schedule that the options of a command describe. */
export function scheduleFromOptions(
  options: Pick<
    TrainingOptions,
    'schedule' | 'lr' | 'epochs' | 'warmupSteps' | 'decayEpochs' | 'decayFactor' | 'riseShare'
  >,
  stepsPerEpoch: number,
): Schedule {
  const { epochs, decayEpochs = [epochs / 2, (epochs * 3) / 4] } = options;
  return createSchedule({
    kind: options.schedule,
    learningRate: options.lr,
    totalSteps: epochs * stepsPerEpoch,
    warmupSteps: options.warmupSteps,
    milestones: decayEpochs.map((epoch) => Math.round(epoch * stepsPerEpoch)),
    decayFactor: options.decayFactor,
    riseShare: options.riseShare,
  });
}
