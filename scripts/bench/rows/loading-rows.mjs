// Rows of data loading: batches from JPEG files against torchvision's loaders. A "step" is an epoch over the photographs.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHOTO_COUNT, PHOTO_FOLDER } from './bench-photos.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, '../../peers/torch_loading.py');

function loadingRow({ name, title, ...what }) {
  const options = { ...what, batchSize: PHOTO_COUNT, workers: 2 };
  const peer = (decoder) => ({
    runtime: 'python',
    script,
    options: { ...options, decoder, folder: PHOTO_FOLDER },
  });
  return {
    name,
    group: 'loading',
    title,
    needsPhotos: true,
    contenders: {
      ours: { runtime: 'node', script: join(here, 'loading.mjs'), options },
      'torchvision.io': peer('io'),
      'torchvision PIL': peer('pil'),
    },
    extra: {},
  };
}

export const loadingRows = [
  loadingRow({
    name: 'loading-crops',
    title: '500x375 JPEG files to batches of 32 random crops, 224x224, 8 bits; 2 workers',
    mode: 'crops',
    perBatch: 32,
  }),
  loadingRow({
    name: 'loading-detection-uint8',
    title: '500x375 JPEG files to batches of 4 detection inputs, 800x600 (600/1000), smooth, 8 bits; 2 workers',
    mode: 'detection',
    pixels: 'uint8',
    perBatch: 4,
  }),
  loadingRow({
    name: 'loading-detection-float32',
    title: "500x375 JPEG files to batches of 4 detection inputs, 800x600 (600/1000), torchvision's resize; 2 workers",
    mode: 'detection',
    pixels: 'float32',
    perBatch: 4,
  }),
];
