import { trainingFields } from '@featuremine/training';
import { z } from 'zod';
import { BACKBONES } from './architecture';
import { sourceFields } from './data-source';

/** The flags for the size of the images; see `resizeFrom`. */
export const sizeFields = {
  imageSize: z.string().optional().describe('Image size: N (longest side, padded to NxN) or WxH (stretched)'),
  minSize: z
    .union([z.number().int().positive(), z.array(z.number().int().positive())])
    .optional()
    .describe('Shorter side, as torchvision resizes (800); several, with commas, are drawn from in training'),
  maxSize: z.number().int().positive().optional().describe('Limit of the longer side (1333)'),
} as const;

export const badBoxField = z
  .enum(['fail', 'skip', 'clip'])
  .default('fail')
  .describe('Boxes without area or outside the image: report and stop, leave out, or trim');

export const testFlipField = z
  .boolean()
  .default(false)
  .describe('Detect in mirrored images too, and merge (twice the time)');

export const normEpsilonField = z
  .number()
  .min(0)
  .default(1e-5)
  .describe(
    'ε of the weights’ batch norm: 0 for torchvision’s RetinaNet v1 weights (COCO_V1 of retinanet_resnet50_fpn)',
  );

/**
 * All options of `retinanet train`. By default, architecture, losses and rate are those of torchvision's
 * `retinanet_resnet50_fpn`; the length is that of the usual 1x schedule, 12 epochs, where torchvision's recipe has 26.
 */
export const trainSchema = z.object({
  ...sourceFields,
  train: z
    .string()
    .optional()
    .describe('Image sets to train on, such as 2007/trainval,2012/trainval; of --data, parts (all of it if not given)'),
  val: z.string().optional().describe('Image sets to validate on after each epoch; the best epoch’s weights are kept'),
  valCoco: z.string().optional().describe('COCO file to validate on, with --coco'),
  valImages: z.string().optional().describe('Folder of the images that --val-coco names (--images if not given)'),
  onBadBox: badBoxField,
  limit: z.number().int().min(1).optional().describe('Only so many images, from the start of each set'),
  backbone: z.string().default('none').describe('Weights of a pretrained classifier (safetensors or .pth), or none'),
  weights: z.string().optional().describe('Weights of a whole detector to start from (torchvision’s names)'),
  model: z.enum(BACKBONES).optional().describe('Backbone; by default that of the weights, resnet50 without any'),
  detector: z
    .enum(['v1', 'v2'])
    .optional()
    .describe('torchvision’s first or second RetinaNet (v1, or that of --weights)'),
  normEpsilon: normEpsilonField,
  p6From: z.enum(['p5', 'c5']).optional().describe('Where P6 comes from (v1: p5, v2: c5), instead of the detector’s'),
  headNorm: z
    .enum(['none', 'group'])
    .optional()
    .describe('Group normalisation of the head (v1: none, v2: group), instead of the detector’s'),
  anchorSizes: z
    .array(z.number().min(4).max(2048))
    .length(5)
    .optional()
    .describe('Smallest anchor of each level p3-p7 in pixels (32,64,128,256,512); see retinanet anchors'),
  anchorRatios: z
    .array(z.number().positive())
    .min(1)
    .optional()
    .describe('Heights over widths of the anchors (0.5,1,2)'),
  ...sizeFields,
  pixels: z
    .enum(['uint8', 'float32'])
    .default('uint8')
    .describe('How images are resized: smoothly while decoding (fast), or exactly as torchvision does'),
  trainableStages: z
    .number()
    .int()
    .min(0)
    .max(5)
    .optional()
    .describe('Backbone stages that learn, from the last (3 with pretrained weights, 5 without)'),
  batchNorm: z
    .enum(['frozen', 'trainable'])
    .optional()
    .describe('The backbone’s batch norm (frozen with pretrained weights)'),
  boxLoss: z.enum(['l1', 'smooth-l1', 'giou']).optional().describe('Box loss (l1; v2: giou)'),
  smoothL1Beta: z.number().positive().default(0.11).describe('Where smooth L1 turns from parabola to line'),
  focalAlpha: z.number().min(0).max(1).default(0.25).describe('Weight of foreground in the focal loss'),
  focalGamma: z.number().min(0).default(2).describe('Focus of the focal loss on what is hard'),
  lossNormalizer: z
    .enum(['image', 'batch', 'ema'])
    .default('image')
    .describe('Whose foreground anchors divide the losses: each image’s, the batch’s, or a moving mean of batches'),
  classWeights: z
    .record(z.string(), z.number().positive())
    .optional()
    .describe('How much the anchors of a class count in the losses, as {"cat": 2}; 1 where nothing is said'),
  repeatThreshold: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe('Images with a class that fewer than this share of images have are repeated √(threshold/share) times'),
  difficult: z
    .enum(['train', 'ignore', 'background'])
    .default('train')
    .describe('Difficult objects in training: like others, ignored, or not there'),
  flip: z.number().min(0).max(1).default(0.5).describe('Probability of a horizontal flip'),
  verticalFlip: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Probability of a vertical flip, for images without an up and down: cells, aerial views'),
  colourJitter: z
    .object({
      brightness: z.number().min(0).default(0).describe('Brightness: a factor from 1 − x to 1 + x'),
      contrast: z.number().min(0).default(0).describe('Contrast: such a factor'),
      saturation: z.number().min(0).default(0).describe('Saturation: such a factor'),
      hue: z.number().min(0).max(0.5).default(0).describe('Hue: a turn by −x to x of the colour circle'),
    })
    .optional()
    .describe('Random changes of colour, as in torchvision’s ColorJitter'),
  testFlip: testFlipField,
  protocol: z
    .enum(['voc07', 'voc10', 'coco'])
    .default('voc07')
    .describe('The mAP by which the best epoch is chosen (coco: over IoU 0.50 to 0.95)'),
  ...trainingFields,
  accumulate: z.number().int().min(1).default(1).describe('Batches of an update: their gradients are averaged'),
  epochs: trainingFields.epochs.default(12),
  batchSize: trainingFields.batchSize.default(4),
  lr: z
    .number()
    .positive()
    .optional()
    .describe('Learning rate (0.01 for 16 images an update, in proportion to --batch-size times --accumulate)'),
  schedule: trainingFields.schedule.default('multi-step'),
  decayEpochs: trainingFields.decayEpochs.describe('Epochs at which the rate falls (at 2/3 and 11/12 of all)'),
  warmupSteps: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Steps of the warm-up (one epoch, at most 500); one-cycle rises by --rise-share instead'),
});

/** The resolved options of `retinanet train`. */
export type TrainOptions = z.output<typeof trainSchema>;
