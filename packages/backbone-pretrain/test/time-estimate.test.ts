import { estimateSeconds } from '../src/reproduce/time-estimate';

describe('estimateSeconds', () => {
  const length = { trainImages: 1050, testImages: 300, epochs: 10, evaluateEvery: 1, batchSize: 100, numClasses: 5 };

  it('counts whole batches, and a third of a step’s work for each tested image', () => {
    // 1,000 images in 10 epochs, and 300 / 3 in each of 10 evaluations.
    expect(estimateSeconds(length, 100)).toBe(110);
  });

  it('counts fewer images and fewer evaluations where the options say so', () => {
    // 40 images of each of 5 classes are 2 batches; evaluations after epochs 4, 8 and 10.
    expect(estimateSeconds({ ...length, samplesPerClass: 40, evaluateEvery: 4 }, 100)).toBe(23);
  });
});
