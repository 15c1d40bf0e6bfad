import { gpuOf } from '../src/gpu';

describe('gpuOf', () => {
  it('is none where TensorFlow has no GPU, whatever the machine has', () => {
    expect(gpuOf(['CPU'], ['NVIDIA H200'])).toBeUndefined();
  });

  it('names the model of what TensorFlow has', () => {
    expect(gpuOf(['CPU', 'GPU'], ['NVIDIA H200', 'NVIDIA H200'])).toBe('GPU (NVIDIA H200)');
  });

  it('leaves open which of several models it is', () => {
    expect(gpuOf(['CPU', 'GPU'], ['Tesla T4', 'NVIDIA A100'])).toBe('GPU (Tesla T4 or NVIDIA A100)');
  });

  it('is a GPU too where no tool tells its model', () => {
    expect(gpuOf(['CPU', 'XLA_GPU', 'GPU'], [])).toBe('GPU');
  });
});
