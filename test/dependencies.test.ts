import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
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

const declaredBy = (folder: string): string[] => {
  const { dependencies, optionalDependencies } = read(`packages/${folder}/package.json`) as Package;
  return Object.keys({ ...dependencies, ...optionalDependencies }).sort();
};
const ours = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith('@featuremine/')).map((name) => name.replace('@featuremine/', ''));
const referencesIn = (path: string): string[] =>
  (read(path) as { references: { path: string }[] }).references.map(({ path: folder }) => basename(folder));

/** All files of a folder of a package. */
function filesIn(folder: string, part: string): string[] {
  const path = join(root, 'packages', folder, part);
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)) : []; // prettier-ignore
}

/** The packages that the published code of a package names, whatever kind of import it is. */
function importedBy(folder: string): string[] {
  const files = ['src', 'bin', 'examples', 'static'].flatMap((part) => filesIn(folder, part));
  // With a second argument `require.resolve` looks in another package.
  const names =
    /(?:\bfrom |\bimport |\bimport\(|\b(?:require|require\.resolve|loadModule|requireModule)\()'(@?[a-z][^']*)'(?!,)/g;
  const imported = files
    .filter((file) => /\.(ts|js|mjs)$/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(names)].map(([, name]) => name))
    .filter((name) => !name.startsWith('node:'))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    .filter((name) => name !== `@featuremine/${folder}`);
  return [...new Set(imported)].sort();
}

describe('dependencies', () => {
  it.each(folders)('of %s are what its published code imports, and lie in the layers below it', (folder) => {
    const declared = declaredBy(folder);
    expect(importedBy(folder)).toEqual(declared);
    expect(referencesIn(`packages/${folder}/tsconfig.json`).sort()).toEqual(ours(declared));
    const layers = referencesIn('tsconfig.json');
    expect(layers.slice(0, layers.indexOf(folder))).toEqual(expect.arrayContaining(ours(declared)));
  });

  it.each(folders)('of the files of %s on each other, types included, are not mutual', (folder) => {
    const files = filesIn(folder, 'src').filter((file) => file.endsWith('.ts'));
    const imports = new Map(
      files.map((file) => {
        const names = readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+)'/g);
        return [file, [...names].map(([, name]) => `${join(file, '..', name)}.ts`)];
      }),
    );
    // What imports none of those that are left goes, again and again: only circles, and what imports them, stay.
    for (let before = -1; imports.size !== before;) {
      before = imports.size;
      for (const [file, others] of imports) if (!others.some((other) => imports.has(other))) imports.delete(file);
    }
    expect([...imports.keys()].map((file) => relative(root, file))).toEqual([]);
  });

  it('on what lies around the packages stand in one file', () => {
    const sources = folders.flatMap((folder) => filesIn(folder, 'src')).filter((file) => file.endsWith('.ts'));
    const reaching = sources.filter((file) => /(?:'\.\.', ){3}'\.\.'|(?:\.\.\/){4}/.test(readFileSync(file, 'utf8')));
    expect(reaching.map((file) => relative(root, file))).toEqual([
      'packages/backbone-pretrain/src/reproduce/repository.ts',
    ]);
  });

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
