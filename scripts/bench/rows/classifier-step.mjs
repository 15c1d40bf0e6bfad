// A classifier's training step here, all in the compiled graph. With options.perBatch a timed step is several training
// steps of so many images.
import { contenderOptions, measureSteps } from '../measure.mjs';
import { benchClassifier } from './bench-classifier.mjs';

const options = contenderOptions();
const batchSize = options.perBatch ?? options.batchSize;
const { model, step } = benchClassifier({ ...options, batchSize });
let loss = NaN;
await measureSteps({
  options,
  step: async (index) => {
    for (let i = 0; i < options.batchSize / batchSize; i++) loss = (await step(index)).loss.data[0];
  },
  note: () => ({ loss }),
});
await model.dispose();
