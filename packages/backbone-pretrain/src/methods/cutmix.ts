import type { Random } from '@featuremine/random';
import { boxMask, drawMiningBox } from '../feature-mining/mining-box';
import { imageMixing, type Mixture } from './image-mixing';
import { drawMixup } from './mixup';
import type { TrainingMethod } from './training-method';

/** How often and how much CutMix cuts. */
export interface CutmixOptions {
  /** Both parameters of the Beta distribution of λ; 1 is uniform. */
  readonly alpha: number;
  /** Share of the steps that cut; the others leave their images as they are. */
  readonly probability: number;
  /** Side of the images in pixels. */
  readonly imageSize: number;
  readonly labelSmoothing: number;
}

/**
 * CutMix: a box of each image is filled with that part of another image of the batch, and the other label counts as
 * much as the box covers after it has been clipped to the image.
 *
 * Source: Yun et al., CutMix, 2019, and `clovaai/CutMix-PyTorch`.
 */
export function cutmix(options: CutmixOptions): TrainingMethod {
  return imageMixing({
    labelSmoothing: options.labelSmoothing,
    draw: (random) => (random.chance(options.probability) ? drawCutmix(options, random) : unmixed(options.imageSize)),
  });
}

/**
 * Mixup in one half of the steps and CutMix in the other.
 *
 * Source: torchvision's recipe of 2021, which chooses one of both for each batch.
 */
export function mixupOrCutmix(
  options: Omit<CutmixOptions, 'probability'> & { readonly mixupAlpha: number },
): TrainingMethod {
  return imageMixing({
    labelSmoothing: options.labelSmoothing,
    draw(random) {
      if (random.chance(0.5)) return drawCutmix(options, random);
      const { lambda } = drawMixup(options.mixupAlpha, random);
      return {
        lambda,
        weights: pixelWeights(options.imageSize, new Float32Array(options.imageSize ** 2).fill(lambda)),
      };
    },
  });
}

function drawCutmix({ alpha, imageSize }: Pick<CutmixOptions, 'alpha' | 'imageSize'>, random: Random): Mixture {
  const size = { height: imageSize, width: imageSize };
  const box = drawMiningBox(size, random, random.beta(alpha, alpha));
  const own = boxMask(size, box).map((inside) => 1 - inside);
  const area = (box.right - box.left) * (box.bottom - box.top);
  return { lambda: 1 - area / imageSize ** 2, weights: pixelWeights(imageSize, own) };
}

function unmixed(imageSize: number): Mixture {
  return { lambda: 1, weights: pixelWeights(imageSize, new Float32Array(imageSize ** 2).fill(1)) };
}

function pixelWeights(side: number, data: Float32Array): Mixture['weights'] {
  return { dtype: 'float32', shape: [1, side, side, 1], data };
}
