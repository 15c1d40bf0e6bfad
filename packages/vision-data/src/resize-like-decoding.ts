import type { DecodedImage, ImageSize } from './image';
import { resizeSmooth } from './resize-smooth';
import { shrinkLikeLibvips } from './shrink-like-libvips';

/** What `decodeImage` with `sizeFor` gives, from pixels that are decoded already: smooth on shrinking and enlarging. */
export function resizeLikeDecoding(image: DecodedImage, size: ImageSize): DecodedImage {
  const isShrunk = size.width <= image.width && size.height <= image.height;
  return isShrunk ? shrinkLikeLibvips(image, size) : resizeSmooth(image, size);
}
