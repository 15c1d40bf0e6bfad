import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { RuntimeError } from '@featuremine/errors';
import { CompiledModel, tf } from '../../src';
import { ConfigMessage } from '../../src/protobuf';
import { Session, sessionConfig } from '../../src/session';

describe('deviceTypes', () => {
  it('are those that TensorFlow places graphs on: a processor, and a GPU where tfjs has one too', async () => {
    const session = new Session({ threads: 0 });
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

describe('sessionConfig', () => {
  it.each([
    [{ threads: 3, xla: true }, 1],
    [{ threads: 3 }, undefined], // 0 is not written
  ])('of %j has its threads, and XLA at level %p', (options, level) => {
    const { intraOpParallelismThreads, sessionInterOpThreadPool, graphOptions } = ConfigMessage.decode(
      sessionConfig(options),
    );
    expect(intraOpParallelismThreads).toBe(3);
    // Ops side by side, and ops one by one.
    expect(sessionInterOpThreadPool).toEqual([{ numThreads: 3 }, { numThreads: 1 }]);
    expect(graphOptions.optimizerOptions.globalJitLevel).toBe(level);
  });
});

describe('run', () => {
  it('names a node that the graph does not have, which would crash TensorFlow', async () => {
    const session = new Session({ threads: 0 });
    try {
      await expect(session.run({ feeds: [], fetches: ['absent'], targets: [] }, [])).rejects.toThrow(/no node absent/);
    } finally {
      await session.dispose();
    }
  });
});

describe('a lack of memory', () => {
  it('is a fault that the user can mend, not one of the program', async () => {
    const model = new CompiledModel({ variables: [], seed: 0 });
    // 2^45 numbers are more than a process can address.
    const huge = model.evaluation('huge', (_step, { x }) => ({ sum: tf.sum(tf.tile(x, [2 ** 20, 2 ** 25])) }));
    const run = huge({ x: { shape: [1, 1], dtype: 'float32', data: Float32Array.of(1) } });
    await expect(run).rejects.toThrow(/^TensorFlow: no memory is left for .*\(.*OOM.*\)\. Take a smaller --batch-size/);
    await expect(run).rejects.toBeInstanceOf(RuntimeError);
    await model.dispose();
  });
});

describe('the first use of tf', () => {
  it("sets TensorFlow's environment before the addon is loaded", () => {
    const script = `
      const load = process.dlopen;
      process.dlopen = (module, file, ...rest) => {
        if (file.endsWith('tfjs_binding.node')) console.log('level', process.env.TF_CPP_MIN_LOG_LEVEL);
        return load(module, file, ...rest);
      };
      require(${JSON.stringify(join(__dirname, '../..'))}).tf.scalar(1);`;
    const env = { ...process.env };
    delete env['TF_CPP_MIN_LOG_LEVEL'];
    const output = execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8', stdio: 'pipe' });
    expect(output).toContain('level 2');
  });
});
