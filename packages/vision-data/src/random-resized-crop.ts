import type { Random } from '@featuremine/random';
import type { ImageSize } from './image';
import type { Region } from './resize-smooth';

/**
 * Draws the region of torchvision's RandomResizedCrop, in whole pixels.
 *
 * Ten attempts: the area is a share from `scale` of the image's, the aspect ratio (width/height) is log-uniform in
 * `ratio`, the place is uniform. If none fits, the largest central region within the ratios is taken.
 *
 * Source: torchvision.transforms.RandomResizedCrop.get_params.
 */
export function drawResizedCrop(
  image: ImageSize,
  options: { readonly scale: readonly [number, number]; readonly ratio: readonly [number, number] },
  random: Random,
): Region {
  const { scale, ratio } = options;
  const area = image.width * image.height;
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = area * random.uniform(scale[0], scale[1]);
    const aspect = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const width = Math.round(Math.sqrt(target * aspect));
    const height = Math.round(Math.sqrt(target / aspect));
    if (width > 0 && height > 0 && width <= image.width && height <= image.height) {
      const top = random.integer(image.height - height + 1);
      const left = random.integer(image.width - width + 1);
      return { left, top, width, height };
    }
  }
  return centralRegion(image, ratio);
}

function centralRegion(image: ImageSize, ratio: readonly [number, number]): Region {
  let { width, height } = image;
  if (width / height < ratio[0]) height = Math.round(width / ratio[0]);
  else if (width / height > ratio[1]) width = Math.round(height * ratio[1]);
  return { left: (image.width - width) >> 1, top: (image.height - height) >> 1, width, height };
}
