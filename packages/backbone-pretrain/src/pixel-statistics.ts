import type { PixelStatistics } from './classification-steps';
import type { Network } from './network';

/** ImageNet's statistics. */
export const IMAGENET_PIXELS: PixelStatistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** CIFAR-100's statistics. */
export const CIFAR_PIXELS: PixelStatistics = { mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] };

/**
 * How a network's images are normalised: networks of four stages as on ImageNet, whatever they are trained on, because
 * a detector that is built on them normalises so; the CIFAR networks as on CIFAR-100.
 */
export function pixelStatistics(network: Network): PixelStatistics {
  return network.stages.length === 4 ? IMAGENET_PIXELS : CIFAR_PIXELS;
}
