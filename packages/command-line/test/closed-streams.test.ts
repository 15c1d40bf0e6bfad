import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const built = join(__dirname, '../dist/index.js');
const isBuilt = existsSync(built);

const program = `
const { defineCommand, runCommands } = require(${JSON.stringify(built)});
const { z } = require('zod');
const command = defineCommand({
  name: 'go', summary: 'Go', examples: [], schema: z.object({}),
  async run(options, context) {
    for (let i = 0; i < 50; i++) {
      context.log.info('a line that nobody reads '.repeat(1000));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    context.print('done');
  },
});
runCommands({ name: 'tool', summary: 'Tool', commands: [command], argv: ['go'] });
`;

(isBuilt ? describe : describe.skip)('runCommands whose log is closed', () => {
  it('goes on to its end', async () => {
    const child = spawn(process.execPath, ['-e', program], { cwd: join(__dirname, '..') });
    child.stderr.once('data', () => child.stderr.destroy());
    let stdout = '';
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stdout]).toEqual([0, 'done\n']);
  });
});
