import { defineCommand, type Command } from '@featuremine/command-line';
import { RuntimeError } from '@featuremine/errors';
import { z } from 'zod';
import { examine } from '../installer/doctor';

/**
 * `doctor` of a program that needs TensorFlow: what is loaded, what is wrong with it, and the fix; of the runtime under
 * `folder`, by default that of tfjs-node.
 */
export function doctorCommand(program: string, folder?: string): Command {
  return defineCommand({
    name: 'doctor',
    summary: 'Say which runtime is loaded, what is wrong, and how to mend it',
    examples: [`${program} doctor`, `${program} doctor --json`],
    schema: z.object({}),
    run(_options, context) {
      const findings = examine(folder);
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
}
