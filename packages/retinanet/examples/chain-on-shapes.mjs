// Drawn shapes: a backbone is pretrained with Feature Mining, a detector fine-tuned from it, evaluated and used.
// Run: node examples/chain-on-shapes.mjs; writes runs/ into the current folder
import { trainClassifier, trainSchema as classifierOptions } from '@featuremine/backbone-pretrain';
import { createLogger } from '@featuremine/command-line';
import { RetinaNet, trainDetector, trainSchema as detectorOptions } from '@featuremine/retinanet';
import { makeShapesDevkit } from '@featuremine/vision-data';

const log = createLogger({ stream: process.stderr });
const classNames = ['cross', 'ring', 'triangle'];
const shared = { optimizer: 'adamw', schedule: 'one-cycle', lr: 0.0005, batchSize: 8, epochs: 4 };
const pretraining = {
  dataset: 'shapes',
  shapes: { train: 480, test: 120, classes: classNames },
  imageSize: 128,
  featureMining: 2,
};
const classifier = await trainClassifier(
  classifierOptions.parse({ ...shared, ...pretraining, out: 'runs/backbone' }),
  log,
);
console.log(`top-1 ${classifier.best.metrics.top1.toFixed(3)}`);

await makeShapesDevkit({ folder: 'runs/shapes', seed: 0, classNames, counts: { train: 120, test: 24 } });
const data = { voc: 'runs/shapes', train: '2007/train', val: '2007/test', imageSize: '128' };
const start = { backbone: 'runs/backbone/weights.safetensors', detector: 'v2' };
const detector = await trainDetector(
  detectorOptions.parse({ ...shared, ...data, ...start, out: 'runs/detector' }),
  log,
);
console.log(`mAP ${detector.best.metrics.mAP.toFixed(3)}`);

const trained = await RetinaNet.load('runs/detector');
const { detections } = await trained.detect('runs/shapes/VOC2007/JPEGImages/000121.jpg');
for (const { class: name, score, box } of detections.slice(0, 3))
  console.log(name, score.toFixed(2), box.map(Math.round));
await trained.close();
