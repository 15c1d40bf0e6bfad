// Drawn shapes: a backbone is pretrained with Feature Mining, a detector fine-tuned from it and
// evaluated on images that chose its best epoch.
// Run: node examples/chain-on-shapes.mjs; writes runs/ into the current folder
import { trainClassifier, trainSchema as classifierOptions } from '@featuremine/backbone-pretrain';
import { createLogger } from '@featuremine/command-line';
import { trainDetector, trainSchema as detectorOptions } from '@featuremine/retinanet';
import { makeShapesDevkit } from '@featuremine/vision-data';

const log = createLogger({ stream: process.stderr });
const recipe = { optimizer: 'adamw', schedule: 'one-cycle', lr: 0.0005, batchSize: 8, epochs: 4 };
const classes = ['cross', 'ring', 'triangle'];
const drawn = { dataset: 'shapes', shapes: { train: 480, test: 120, classes }, imageSize: 128, featureMining: 2 };
const classifier = await trainClassifier(classifierOptions.parse({ ...recipe, ...drawn, out: 'runs/backbone' }), log);
await makeShapesDevkit({ folder: 'runs/shapes', seed: 0, classNames: classes, counts: { train: 120, val: 24 } });
const data = { voc: 'runs/shapes', train: '2007/train', val: '2007/val', imageSize: '128' };
const start = { backbone: 'runs/backbone/weights.safetensors', detector: 'v2', out: 'runs/detector' };
const detector = await trainDetector(detectorOptions.parse({ ...recipe, ...data, ...start }), log);
console.log(
  `held-out top-1 ${classifier.best.metrics.top1.toFixed(3)}\nvalidation mAP ${detector.best.metrics.mAP.toFixed(3)}`,
);
