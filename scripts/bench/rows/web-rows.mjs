// Rows of the web demo: a picture from bytes to boxes in headless Chromium, on WebAssembly with one thread, with the
// weights stored in each form. Alone: the package coco-ssd brings code only, and downloads its models from elsewhere.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const STORED = ['float32', 'float16', 'uint8'];

function webRow({ backbone, version, imageSize }) {
  const contender = (storeWeights) => ({
    runtime: 'node',
    script: join(here, 'web-inference.mjs'),
    options: { backbone, version, imageSize, storeWeights, numClasses: 20, batchSize: 1 },
  });
  return {
    name: `web-${backbone}-${version}-${imageSize}`,
    group: 'web',
    title: `RetinaNet-${backbone} ${version} in Chromium, WebAssembly, 1 thread, 1x${imageSize}x${imageSize}`,
    settings: { threads: 1 },
    contenders: Object.fromEntries(STORED.map((storeWeights) => [storeWeights, contender(storeWeights)])),
    extra: {},
  };
}

export const webRows = [
  webRow({ backbone: 'resnet18', version: 'v2', imageSize: 128 }),
  webRow({ backbone: 'resnet18', version: 'v1', imageSize: 320 }),
  webRow({ backbone: 'resnet50', version: 'v1', imageSize: 320 }),
];
