import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { z } from 'zod';
import type { SiteOptions } from './build-site';
import { demoContent } from './demo-model';
import { readExportedModel } from './exported-model';

/** Where `npm run demo` leaves what it makes. */
const DEMO = join('runs', 'demo');

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** The flags that say what a site shows. */
export const contentFields = {
  exported: z
    .array(z.string().min(1))
    .optional()
    .describe('Folders of retinanet export --format tfjs; the detector of npm run demo by default'),
  examples: z
    .array(z.string().min(1))
    .optional()
    .describe('Pictures, and folders of them, that the page offers to try (with the demo’s detector: its test images)'),
};

/**
 * The models and examples that the flags name.
 *
 * @throws ConfigError or WeightsError for what is not there
 */
export async function contentOf(
  options: z.output<z.ZodObject<typeof contentFields>>,
  log: Logger,
): Promise<Pick<SiteOptions, 'models' | 'examples'>> {
  const { exported, examples } = options;
  const pictures = examples?.flatMap(picturesOf);
  if (exported !== undefined) return { models: exported.map(readExportedModel), examples: pictures ?? [] };
  const demo = await demoContent(DEMO, log);
  return { models: [demo.model], examples: pictures ?? demo.examples };
}

function picturesOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  const files = found?.isDirectory()
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];
  const pictures = files.filter((file) => PICTURE.test(file));
  if (found !== undefined && pictures.length > 0) return pictures;
  throw new ConfigError({
    where: `--examples ${path}`,
    found: found === undefined ? 'there is no such file or folder' : 'no picture',
    expected: 'JPEG, PNG or WebP files',
    fix: 'Check the path',
  });
}
