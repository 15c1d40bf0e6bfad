import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { ConfigError } from '@featuremine/errors';
import { build } from 'esbuild';
import type { SiteContent } from './page/site-content';
import type { ExportedModel } from './exported-model';

/** What a site is made of. */
export interface SiteOptions {
  /** The folder to write; a site that it held before is removed. */
  readonly folder: string;
  readonly models: readonly ExportedModel[];
  /** Pictures that the page offers to try. */
  readonly examples: readonly string[];
}

const PACKAGE = dirname(__dirname);
const CONTENT = 'content.json';
const WASM_FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

/**
 * Writes the page, its worker, the WebAssembly files, the models and the examples as a folder of static files.
 *
 * @throws ConfigError for a folder that holds something else
 */
export async function buildSite({ folder, models, examples }: SiteOptions): Promise<void> {
  emptyFolder(folder);
  await bundleScripts(folder);
  for (const name of ['index.html', 'style.css', 'picture.css', 'icon.svg']) {
    copyFileSync(join(PACKAGE, 'static', name), join(folder, name));
  }
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  copyInto(
    join(folder, 'wasm'),
    WASM_FILES.map((name) => join(wasm, name)),
  );
  const content: SiteContent = {
    models: models.map((model, index) => {
      const place = `models/${index + 1}`;
      copyInto(join(folder, place), model.files);
      return { name: model.name, url: `${place}/model.json`, sizeBytes: model.sizeBytes };
    }),
    examples: examples.map((file, index) => {
      const name = `${index + 1}${extname(file).toLowerCase()}`;
      copyInto(join(folder, 'examples'), [file], name);
      return `examples/${name}`;
    }),
  };
  writeFileSync(join(folder, CONTENT), `${JSON.stringify(content, null, 1)}\n`);
}

// Only a site is removed.
function emptyFolder(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, CONTENT))) {
    throw new ConfigError({
      where: folder,
      found: 'the folder holds something else than a site',
      fix: 'Choose another with --out, or empty it',
    });
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

async function bundleScripts(folder: string): Promise<void> {
  await build({
    entryPoints: { page: join(PACKAGE, 'src/page/page.ts'), worker: join(PACKAGE, 'src/worker/worker.ts') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    splitting: true,
    minify: true,
    target: 'es2022',
    legalComments: 'linked',
    logLevel: 'error',
  });
}

function copyInto(folder: string, files: readonly string[], name?: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, join(folder, name ?? basename(file)));
}
