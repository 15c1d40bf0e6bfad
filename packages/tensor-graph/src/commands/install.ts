import { defineCommand, type Command } from '@featuremine/command-line';
import { z } from 'zod';
import { installRuntime } from '../installer/install-runtime';

/** `tensor-graph install`: the TensorFlow runtime. */
export const installCommand: Command = defineCommand({
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
