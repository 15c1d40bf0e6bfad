import type { PaperRow, PaperTable } from './paper-row';

type Measured = readonly [mean: number, deviation?: number];

const METHOD_TITLES: Readonly<Record<string, string>> = {
  baseline: 'baseline',
  dropout: 'Dropout',
  'spatial-dropout': 'SpatialDropout',
  dropblock: 'DropBlock',
  fm1: 'FM 1 layer',
  fm2: 'FM 2 layers',
  fm3: 'FM 3 layers',
  byot: 'BYOT',
  'cs-kd': 'CS-KD',
  'fm2-byot': 'FM + BYOT',
  'fm2-cs-kd': 'FM + CS-KD',
  mixup: 'Mixup',
  'fm2-mixup': 'FM + Mixup',
  points: 'Dropout-FM (points)',
  channels: 'SpatialDropout-FM (channels)',
  independent: 'non-complementary FM',
};

const NETWORK_TITLES: Readonly<Record<string, string>> = {
  resnet50: 'ResNet-50',
  resnet56: 'ResNet-56',
  resnet110: 'ResNet-110',
  resnet164: 'ResNet-164',
  'densenet-bc-100-12': 'DenseNet-100-12',
  'wrn-28-10': 'WRN-28-10',
  'pyramidnet-110-270': 'PyramidNet-110-270',
};

// Rows of one network, in the order of the given methods.
function rows(dataset: string, network: string, measured: Readonly<Record<string, Measured>>): PaperRow[] {
  return Object.entries(measured).map(([method, [mean, deviation]]) => ({
    id: `${network}-${method}`,
    title: `${NETWORK_TITLES[network]}, ${METHOD_TITLES[method]}`,
    recipe: `${dataset}-${network}-${method}`,
    paper: { mean, ...(deviation === undefined ? {} : { deviation }) },
  }));
}

// Table 1, a network a line, in the order of TABLE_1_METHODS.
// prettier-ignore
const TABLE_1: Readonly<Record<string, readonly Measured[]>> = {
  resnet56: [[73.71, 0.28], [73.81, 0.27], [74.38, 0.17], [73.92, 0.1], [74.55, 0.11], [75.35, 0.07]],
  resnet110: [[74.71, 0.23], [74.69, 0.33], [74.76, 0.12], [74.92, 0.07], [75.79, 0.08], [76.9, 0.13]],
  resnet164: [[74.98, 0.23], [75.15, 0.11], [75.34, 0.09], [75.51, 0.14], [76.51, 0.13], [78.31, 0.21]],
  'densenet-bc-100-12': [[77.25, 0.2], [77.45, 0.12], [77.97, 0.16], [77.33, 0.09], [78.24, 0.12], [78.78, 0.09]],
  'wrn-28-10': [[79.35, 0.2], [79.21, 0.15], [79.63, 0.09], [79.44, 0.24], [79.75, 0.16], [80.9, 0.22]],
  'pyramidnet-110-270': [[81.54, 0.31], [81.31, 0.24], [81.6, 0.17], [81.57, 0.21], [82.13, 0.25], [82.87, 0.15]],
};

const TABLE_1_METHODS = ['baseline', 'dropout', 'spatial-dropout', 'dropblock', 'fm1', 'fm2'];

function noiseRows(kind: 'symmetric' | 'pair', share: number, baseline: number, mined: number): PaperRow[] {
  return (
    [
      ['baseline', baseline],
      ['fm2', mined],
    ] as const
  ).map(([method, mean]) => ({
    id: `${kind}-${share}-${method}`,
    title: `${kind} noise ${share}, ${METHOD_TITLES[method]}`,
    recipe: `cifar100-resnet110-${kind}-${share}-${method}`,
    paper: { mean },
  }));
}

/** Tables 1 to 6, 8 and 9: best top-1 in %. Source: Xie et al., Feature Mining, 2021. */
export const PAPER_TABLES: readonly PaperTable[] = [
  {
    key: 'table-1',
    title: 'CIFAR-100',
    rows: Object.entries(TABLE_1).flatMap(([network, column]) =>
      rows('cifar100', network, Object.fromEntries(TABLE_1_METHODS.map((method, i) => [method, column[i]]))),
    ),
  },
  {
    key: 'table-2',
    title: 'CIFAR-100, self-distillation',
    rows: rows('cifar100', 'resnet110', {
      baseline: [74.71, 0.23],
      byot: [76.68, 0.14],
      'cs-kd': [75.92, 0.08],
      fm2: [76.9, 0.21],
      'fm2-byot': [77.34, 0.16],
      'fm2-cs-kd': [77.68, 0.11],
    }),
  },
  {
    key: 'table-3',
    title: 'CIFAR-100, Mixup',
    rows: [
      ...rows('cifar100', 'resnet110', {
        baseline: [74.71, 0.23],
        mixup: [77.78, 0.25],
        fm2: [76.9, 0.12],
        'fm2-mixup': [79.13, 0.17],
      }),
      ...rows('cifar100', 'resnet164', {
        baseline: [74.98, 0.23],
        mixup: [79.22, 0.12],
        fm2: [78.31, 0.09],
        'fm2-mixup': [81.04, 0.2],
      }),
    ],
  },
  {
    key: 'table-4',
    title: 'Tiny ImageNet',
    rows: rows('tiny-imagenet', 'resnet110', {
      baseline: [62.42, 0.25],
      dropout: [62.32, 0.05],
      'spatial-dropout': [62.55, 0.1],
      dropblock: [63.13, 0.29],
      byot: [63.03, 0.17],
      'cs-kd': [64.29, 0.11],
      fm2: [65.22, 0.06],
    }),
  },
  {
    key: 'table-5',
    title: 'ImageNet',
    rows: rows('imagenet', 'resnet50', { baseline: [76.32, 0.02], fm2: [77.26, 0.04] }),
  },
  {
    key: 'table-6',
    title: 'CUB-200-2011, from scratch',
    rows: rows('cub', 'resnet50', {
      baseline: [66.73, 0.34],
      byot: [74.6, 0.41],
      'cs-kd': [74.81, 0.23],
      fm2: [76.26, 0.27],
    }),
  },
  {
    key: 'table-8',
    title: 'CIFAR-100 with falsified labels, ResNet-110',
    rows: [
      ...noiseRows('symmetric', 0.5, 45.73, 53.31),
      ...noiseRows('symmetric', 0.2, 61.16, 68.12),
      ...noiseRows('pair', 0.5, 35.73, 38.78),
      ...noiseRows('pair', 0.2, 63.83, 71.22),
    ],
  },
  {
    key: 'table-9',
    title: 'CIFAR-100, ablation',
    rows: rows('cifar100', 'resnet56', {
      baseline: [73.71, 0.28],
      fm1: [74.55, 0.11],
      fm2: [75.35, 0.07],
      fm3: [75.29, 0.12],
      points: [74.12, 0.23],
      channels: [74.01, 0.17],
      independent: [74.23, 0.09],
    }),
  },
];
