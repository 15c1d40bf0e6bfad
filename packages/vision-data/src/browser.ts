// The part of this package that also runs in a browser: `@featuremine/vision-data/browser`. No module of Node, no sharp.
export type { DecodedImage, FloatImage, ImageSize } from './image';
export type { DetectionResize } from './transform-options';
export { paddedSize, resizeBoxes, resizedSize } from './detection-resize';
export { resizeBilinear } from './resize-bilinear';
export { resizeLikeDecoding } from './resize-like-decoding';
