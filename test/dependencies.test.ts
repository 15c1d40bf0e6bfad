import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

const root = join(__dirname, '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const folders = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

/** What the packages need from outside when they run; a new one is a decision, to be made here too. */
const RUNTIME: readonly string[] = [
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node-gpu',
  'cli-progress',
  'esbuild',
  'fflate',
  'koffi',
  'protobufjs',
  'sharp',
  'xml2js',
  'yargs',
  'zod',
];

describe('dependencies', () => {
  it('are few, and of exact versions', () => {
    const outside = folders
      .flatMap((name) => Object.entries((read(`packages/${name}/package.json`) as Package).dependencies ?? {}))
      .filter(([name]) => !name.startsWith('@featuremine/'));
    for (const [name, version] of outside) expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]); // prettier-ignore
    expect([...new Set(outside.map(([name]) => name))].sort()).toEqual(RUNTIME);
  });

  it('are pinned by the lockfile with a hash each', () => {
    const { packages } = read('package-lock.json') as { packages: Record<string, Package> };
    const bare = Object.entries(packages).filter(([path, { link, integrity }]) => {
      return path.startsWith('node_modules/') && link !== true && integrity === undefined;
    });
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('run no script when they are installed', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
    expect(readFileSync(join(root, 'scripts/setup.mjs'), 'utf8')).toMatch(/'npm', \[\.\.\.how, '--ignore-scripts'/);
    for (const name of ['.', ...folders.map((folder) => `packages/${folder}`)]) {
      const { scripts = {} } = read(`${name}/package.json`) as Package;
      expect(Object.keys(scripts).filter((script) => /^(pre|post)?install$|^prepare$/.test(script))).toEqual([]);
    }
  });
});
