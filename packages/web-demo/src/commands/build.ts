import { defineCommand } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { z } from 'zod';
import { buildSite } from '../build-site';
import { contentFields, contentOf } from '../site-content-options';

/** `web-demo build`: the page as a folder for any web server. */
export const buildCommand: Command = defineCommand({
  name: 'build',
  summary: 'Write the page, its scripts and its models as a folder of static files',
  examples: ['web-demo build --exported exported/voc --out site'],
  schema: z.object({
    ...contentFields,
    out: z.string().min(1).describe('Folder of the site; one that it held before is removed'),
  }),
  async run(options, context) {
    await buildSite({ folder: options.out, ...(await contentOf(options, context.log)) });
    context.output({ folder: options.out });
    context.print(`Written: ${options.out}. Serve it over https or from localhost.`);
  },
});
