import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isBuilt } from './support/cli-process';

// In a process of its own: what jest has loaded before decides otherwise.
const program = `
  const { jpegLibrary } = require('./packages/vision-data/dist/jpeg-library.js');
  const { CompiledModel } = require('./packages/tensor-graph');
  const hasJpeg = jpegLibrary() !== undefined;
  const model = new CompiledModel({ variables: [], seed: 0, precision: 'float32' });
  model.dispose().then(() => process.stdout.write(JSON.stringify({ hasJpeg })));
`;

(isBuilt ? describe : describe.skip)('native libraries of one process', () => {
  it('has TensorFlow compile after libjpeg-turbo was loaded', () => {
    const stdout = execFileSync(process.execPath, ['-e', program], { cwd: join(__dirname, '..'), encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({ hasJpeg: expect.any(Boolean) as boolean });
  }, 60_000);
});
