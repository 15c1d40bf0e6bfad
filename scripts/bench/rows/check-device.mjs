// A contender that is to run on a GPU says so when TensorFlow has none, instead of measuring the processor.

/** Throws where `device` is gpu, and the compiled model computes on the processor. */
export function checkDevice(model, { device = 'cpu' }) {
  if (device === 'gpu' && model.gpu() === undefined) {
    throw new Error('TensorFlow has no GPU here: npm run doctor says why');
  }
}
