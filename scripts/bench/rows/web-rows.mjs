// Rows of the web demo: a picture from bytes to boxes in headless Chromium, on WebAssembly with one thread. Alone:
// the models that such demos usually show are downloaded from elsewhere.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function webRow({ backbone, version, imageSize }) {
  const options = { backbone, version, imageSize, numClasses: 20, batchSize: 1 };
  return {
    name: `web-${backbone}-${version}-${imageSize}`,
    group: 'web',
    title: `RetinaNet-${backbone} ${version} in Chromium, WebAssembly, 1 thread, 1x${imageSize}x${imageSize}`,
    contenders: { ours: { runtime: 'node', script: join(here, 'web-inference.mjs'), options } },
    extra: {},
  };
}

export const webRows = [
  webRow({ backbone: 'resnet18', version: 'v2', imageSize: 128 }),
  webRow({ backbone: 'resnet18', version: 'v1', imageSize: 320 }),
  webRow({ backbone: 'resnet50', version: 'v1', imageSize: 320 }),
];
