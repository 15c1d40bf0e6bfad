import { CompiledModel, tf } from '../../src';
import { Session } from '../../src/session';

describe('deviceTypes', () => {
  it('are those that TensorFlow places graphs on: a processor, and a GPU where tfjs has one too', async () => {
    const session = new Session({ threads: 0, useXla: false });
    const hasGpu = (tf.backend() as unknown as { isUsingGpuDevice: boolean }).isUsingGpuDevice;
    try {
      const types = session.deviceTypes();
      expect(types.filter((type) => type === 'CPU')).toHaveLength(1);
      expect(types.includes('GPU')).toBe(hasGpu);
    } finally {
      await session.dispose();
    }
    const model = new CompiledModel({ variables: [], seed: 0 });
    if (hasGpu) expect(model.gpu()).toMatch(/^GPU \(.+\)$/);
    else expect(model.gpu()).toBeUndefined();
    await model.dispose();
  });
});
