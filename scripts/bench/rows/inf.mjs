import { detectorWeights, evaluationStep } from '@featuremine/retinanet';
import { readStateDict } from '@featuremine/weights';
import { formulaWeightsFile } from '../formula-weights-file.mjs';
import { contenderOptions } from '../measure.mjs';
import { benchDetector } from './bench-detector.mjs';
import { benchImages } from './bench-images.mjs';
const options = contenderOptions();
const { imageSize, batchSize } = options;
const { detector, model } = benchDetector(options);
const file = formulaWeightsFile();
await model.writeVariables(detectorWeights(detector, readStateDict(file), file).values);
const evaluate = model.evaluation('evaluate', evaluationStep(detector));
const inputs = benchImages(batchSize, imageSize);
await evaluate(inputs); await evaluate(inputs);
let total = 1e9; const best = new Map();
const ts = []; for (let r = 0; r < options.steps; r++) { const t = performance.now(); await evaluate(inputs); ts.push(performance.now() - t); }
ts.sort((a, b) => a - b);
for (let r = 0; r < 4; r++) { const stop = model.startProfile(); await evaluate(inputs); const p = stop();
  for (const { name, ms } of p.byKind) best.set(name, Math.min(best.get(name) ?? 1e9, ms)); }
console.log(options.precision, batchSize, imageSize, 'min', ts[0].toFixed(0), 'median', ts[ts.length >> 1].toFixed(0));
if (options.isProfiled) for (const [k, v] of [...best].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(' ', k, v.toFixed(1));
await model.dispose();
