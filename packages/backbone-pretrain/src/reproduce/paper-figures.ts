import type { PaperRow, PaperTable } from './paper-row';

/** The training images per class of figure 6, besides all; the paper does not print its own. */
const FIGURE_6_SAMPLES: Readonly<Record<'full' | 'mini' | 'smoke', readonly number[]>> = {
  full: [25, 50, 100, 200, 300, 400],
  mini: [5, 10, 20],
  smoke: [2],
};

const MASKS = ['full', 'left', 'right', 'top', 'bottom'] as const;

/** The trainings behind the paper's figures. The paper prints no numbers for them. */
export function paperFigure(number: 2 | 4 | 5 | 6, scale: 'full' | 'mini' | 'smoke'): PaperTable {
  const key = `figure-${number}`;
  switch (number) {
    case 2:
      return {
        key,
        title: 'Class activation maps of ResNet-50 that was trained on a fixed part of its last map, CUB-200-2011',
        rows: MASKS.map((mask) =>
          row(mask, mask === 'full' ? 'full map' : `${mask} half`, `cub-resnet50-mask-${mask}`),
        ),
      };
    case 4:
      return {
        key,
        title: 'Activations above 0.5 of each stage, ResNet-110, CIFAR-100',
        rows: [row('baseline', 'baseline', 'cifar100-resnet110-baseline'), row('fm2', 'FM', 'cifar100-resnet110-fm2')],
      };
    case 5:
      return {
        key,
        title: 'Held-out top-1 over epochs, CUB-200-2011',
        rows: [
          row('baseline', 'baseline', 'cub-resnet50-baseline'),
          row('byot', 'BYOT', 'cub-resnet50-byot'),
          row('fm2', 'FM', 'cub-resnet50-fm2'),
        ],
      };
    case 6:
      return {
        key,
        title: 'Top-1 over training images per class, ResNet-56, CIFAR-100',
        rows: [...FIGURE_6_SAMPLES[scale], 'all' as const].flatMap((count) =>
          (['baseline', 'fm2'] as const).map((method) => ({
            ...row(
              `${method}-${count}`,
              `${method === 'fm2' ? 'FM' : method}, ${count}`,
              `cifar100-resnet56-${method}`,
            ),
            ...(count === 'all' ? {} : { changes: { samplesPerClass: count } }),
          })),
        ),
      };
  }
}

function row(id: string, title: string, recipe: string): PaperRow {
  return { id, title, recipe };
}
