import { defineCommand, runCommands, type Program } from '@featuremine/command-line';
import { RuntimeError } from '@featuremine/errors';
import { z } from 'zod';
import { examine } from './installer/doctor';
import { installRuntime } from './installer/install-runtime';

const install = defineCommand({
  name: 'install',
  summary: "Bring TensorFlow's libraries under @tensorflow/tfjs-node-gpu and build its addon",
  examples: ['npx tensor-graph install', 'npx tensor-graph install --variant cuda --force'],
  schema: z.object({
    variant: z
      .enum(['auto', 'cpu', 'cuda'])
      .default('auto')
      .describe('auto takes cuda where an NVIDIA driver is loaded'),
    force: z.boolean().default(false).describe('Install again, also when the runtime is complete'),
  }),
  async run({ variant, force }, context) {
    await installRuntime({ variant, isForced: force, log: (line) => context.log.info(line) });
    context.output({ installed: true });
  },
});

const doctor = defineCommand({
  name: 'doctor',
  summary: 'Say which runtime is loaded, what is wrong, and how to mend it',
  examples: ['npx tensor-graph doctor'],
  schema: z.object({}),
  run(_options, context) {
    const findings = examine();
    for (const { what, value, fix } of findings) {
      context.print(
        `${fix === undefined ? 'ok ' : 'BAD'}  ${what.padEnd(17)} ${value}${fix === undefined ? '' : `\n     fix: ${fix}`}`,
      );
    }
    context.output({ findings });
    const broken = findings.filter(({ fix }) => fix !== undefined);
    if (broken.length > 0) {
      throw new RuntimeError({
        where: 'doctor',
        found: `${broken.length} of ${findings.length} findings are bad`,
        fix: broken[0].fix!,
      });
    }
  },
});

/** The `tensor-graph` program and its commands. */
export const tensorGraphProgram: Program = {
  name: 'tensor-graph',
  summary: 'The TensorFlow runtime of this toolkit.',
  commands: [install, doctor],
};

/** The `tensor-graph` program; resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCommands({ ...tensorGraphProgram, argv });
}
