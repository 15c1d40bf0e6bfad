import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine, runCommand } from '@featuremine/command-line';
import type { Logger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { readExportedModel } from './exported-model';
import type { ExportedModel } from './exported-model';

const EXAMPLES = 6;

/** What the page shows without being told: the detector of `npm run demo`, and pictures that it has not seen. */
export interface DemoContent {
  readonly model: ExportedModel;
  readonly examples: readonly string[];
}

/**
 * Exports the detector that `npm run demo` trained in `folder`, unless that is done already.
 *
 * @throws ConfigError when there is none
 */
export async function demoContent(folder: string, log: Logger): Promise<DemoContent> {
  const run = join(folder, 'seed-0', 'fm', 'detector');
  if (!existsSync(join(run, 'weights.safetensors'))) {
    throw new ConfigError({
      where: folder,
      found: 'no trained detector',
      expected: 'what npm run demo leaves there',
      fix: 'Run `npm run demo` first (some minutes), or show an exported detector: npm run web-demo -- --exported DIR',
    });
  }
  return { model: await exportedRun(run, join(folder, 'shapes-detector'), log), examples: examplesOf(folder) };
}

/** Exports a run for the browser, unless `out` holds an export that is newer than its weights. */
async function exportedRun(run: string, out: string, log: Logger): Promise<ExportedModel> {
  const written = statSync(join(out, 'model.json'), { throwIfNoEntry: false });
  const weights = statSync(join(run, 'weights.safetensors'), { throwIfNoEntry: false });
  if (written === undefined || weights === undefined || written.mtimeMs < weights.mtimeMs) {
    const bin = join(dirname(require.resolve('@featuremine/retinanet/package.json')), 'bin', 'retinanet.js');
    const command = { bin, argv: ['export', '--run', run, '--format', 'tfjs', '--out', out] };
    log.info(`$ ${commandLine(command)}`);
    await runCommand(command);
  }
  return readExportedModel(out);
}

function examplesOf(folder: string): string[] {
  const voc = join(folder, 'VOCdevkit', 'VOC2007');
  const list = join(voc, 'ImageSets', 'Main', 'test.txt');
  if (!existsSync(list)) return [];
  const ids = readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const files = ids.slice(0, EXAMPLES).map((id) => join(voc, 'JPEGImages', `${id.trim()}.jpg`));
  return files.filter((file) => existsSync(file));
}
