import { maxPool2d } from '@featuremine/tensor-graph';
import { operation, type ConvolutionShape, type Layer } from './layers';

/** The image side that a stem is made for; images of another size run too, with larger or smaller maps. */
export type StemSize = 32 | 64 | 224;

/** How often a stem halves the image: 224 by its stride and its pooling, 64 by its stride, 32 not at all. */
export const STEM_HALVINGS: Readonly<Record<StemSize, number>> = { 32: 0, 64: 1, 224: 2 };

/**
 * The first convolution of a network: 7x7 stride 2 for 224, `kernel64` stride 2 for 64, 3x3 stride 1 for 32.
 *
 * @param kernel64 7 keeps the shape of torchvision's conv1, 3 is the CIFAR networks'
 */
export function stemShape(outChannels: number, size: StemSize, kernel64: 3 | 7): ConvolutionShape {
  const kernel = size === 32 ? 3 : size === 64 ? kernel64 : 7;
  return { inChannels: 3, outChannels, size: kernel, stride: size === 32 ? 1 : 2 };
}

/** The end of a stem: 3x3 max pooling with stride 2 for 224, nothing for the others. */
export function stemPooling(size: StemSize): readonly Layer[] {
  return size === 224 ? [operation((x) => maxPool2d(x, { size: 3, stride: 2, padding: 1 }))] : [];
}
