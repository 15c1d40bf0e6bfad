import { once } from 'node:events';
import { join } from 'node:path';
import { defineCommand } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { z } from 'zod';
import { buildSite } from '../build-site';
import { contentFields, contentOf } from '../site-content-options';
import { serveSite } from '../site-server';

/** `web-demo serve`: builds the page and serves it until it is stopped. */
export const serveCommand: Command = defineCommand({
  name: 'serve',
  summary: 'Show a trained detector in the browser',
  examples: [
    'web-demo serve',
    'web-demo serve --exported exported/voc,exported/voc-small --examples photos --port 8080',
    'web-demo serve --host 0.0.0.0',
  ],
  schema: z.object({
    ...contentFields,
    port: z.number().int().min(0).max(65535).default(8080).describe('Port; 0 takes any free one'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on; 0.0.0.0 lets other devices in, to which browsers give no camera without https'),
    out: z.string().min(1).default(join('runs', 'web-demo')).describe('Folder that the page is built in'),
  }),
  async run(options, context) {
    const { out, port, host } = options;
    await buildSite({ folder: out, ...(await contentOf(options, context.log)) });
    const server = await serveSite({ folder: out, port, host });
    context.output({ url: server.url });
    context.print(`Open ${server.url} (Ctrl-C stops it)`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await server.close();
  },
});
