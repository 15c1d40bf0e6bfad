import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoDownloads } from './support/registries';

const root = join(__dirname, '..');
const folders = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly types?: string;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

interface PackedFiles {
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
const npm = (argv: readonly string[], cwd: string): string =>
  execFileSync('npm', argv, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });

describe('the packages, packed', () => {
  const packed = JSON.parse(npm(['pack', '--workspaces', '--dry-run', '--json'], root)) as PackedFiles[];

  it.each(folders)(
    '%s holds all that its package.json names, a licence and a README, and nothing of the build',
    (folder) => {
      const manifest = manifestOf(folder);
      const paths = packed.find(({ name }) => name === manifest.name)!.files.map(({ path }) => path);
      const entries = Object.values(manifest.exports ?? {}).flatMap((entry) =>
        typeof entry === 'string' ? [entry] : [entry.types, entry.default],
      );
      const named = [...entries, ...Object.values(manifest.bin ?? {}), manifest.types ?? ''];
      expect(paths).toEqual(expect.arrayContaining(named.map((path) => path.replace(/^\.\//, ''))));
      expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(paths.filter((path) => /\.map$|tsbuildinfo|^test\/|node_modules|fixtures/.test(path))).toEqual([]);
      expect(manifest).toMatchObject({
        license: 'Apache-2.0',
        engines: { node: '>=20.19 <23' },
        publishConfig: { access: 'public' },
      });
      expect(manifest.private).toBeUndefined();
      expect(manifest.description).toMatch(/^[A-Z].{20,}[^.]$/);
      expect(manifest).not.toHaveProperty('repository');
      expect(readFileSync(join(root, 'packages', folder, 'LICENSE'))).toEqual(readFileSync(join(root, 'LICENSE')));
    },
  );

  it.each(folders)('%s says of the documents that its README names outside of it where they are', (folder) => {
    const readme = readFileSync(join(root, 'packages', folder, 'README.md'), 'utf8');
    const silent = /\]\((\.\.\/\.\.\/[^)]*\.md[^)]*)\)(?!\s+in\s+the\s+repository)/g;
    expect([...readme.matchAll(silent)].map(([, path]) => path)).toEqual([]);
  });
});

// Downloads what the packages depend on and a TensorFlow of 270 MB, and trains for a minute.
const isLong = process.env['FEATUREMINE_LONG'] === '1';
const obstacle = isLong ? whyNoDownloads() : undefined;
if (obstacle !== undefined) process.stderr.write(`skipped: the packages in a project of their own: ${obstacle}\n`);
const long = isLong && obstacle === undefined ? describe : describe.skip;

long('the packages in a project of their own', () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'packed-install-'));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));
  const bin = (name: string, argv: readonly string[]): string =>
    execFileSync(join(project, 'node_modules', '.bin', name), argv, {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it(
    'install without scripts, bring TensorFlow, and train, evaluate, export and show a detector',
    () => {
      npm(['pack', '--workspaces', '--pack-destination', project], root);
      const archives = readdirSync(project).filter((name) => name.endsWith('.tgz'));
      expect(archives).toHaveLength(folders.length);
      writeFileSync(join(project, 'package.json'), '{"name": "empty", "version": "1.0.0", "private": true}\n');
      npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', ...archives.map((name) => `./${name}`)], project);
      bin('tensor-graph', ['install']);
      const { findings } = JSON.parse(bin('tensor-graph', ['doctor', '--json'])) as { findings: { what: string; value: string }[] }; // prettier-ignore
      expect(findings.find(({ what }) => what === 'TensorFlow files')?.value).toContain(project);

      const lines = folders.map((name, i) => `import * as part${i} from '@featuremine/${name}';`);
      writeFileSync(join(project, 'all.ts'), [...lines, `export const all = [${folders.map((_, i) => `part${i}`).join()}];`].join('\n')); // prettier-ignore
      const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', '--skipLibCheck', '--strict'];
      const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--module', 'node16', ...types];
      execFileSync(process.execPath, [...compiler, 'all.ts'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });

      copyFileSync(join(root, 'packages/retinanet/examples/chain-on-shapes.mjs'), join(project, 'chain-on-shapes.mjs'));
      const printed = execFileSync(process.execPath, ['chain-on-shapes.mjs'], { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }); // prettier-ignore
      const [, top1, mAP] = /^held-out top-1 (0\.\d+|1\.0+)\nvalidation mAP (0\.\d+)$/m.exec(printed)!;
      expect(Number(top1)).toBeGreaterThan(0.4); // one of three classes by guessing

      const evaluation = ['--run', 'runs/detector', '--voc', 'runs/shapes', '--set', '2007/val'];
      const scores = JSON.parse(bin('retinanet', ['eval', ...evaluation, '--protocol', 'voc07', '--json'])) as { mAP: number }; // prettier-ignore
      expect(scores.mAP.toFixed(3)).toBe(mAP);

      bin('retinanet', ['export', '--run', 'runs/detector', '--format', 'tfjs', '--out', 'exported']);
      bin('web-demo', [
        'build',
        '--exported',
        'exported',
        '--examples',
        'runs/shapes/VOC2007/JPEGImages',
        '--out',
        'site',
      ]);
      expect(readdirSync(join(project, 'site'))).toEqual(
        expect.arrayContaining(['index.html', 'page.js', 'worker.js']),
      );
    },
    15 * 60_000,
  );
});

describe('whyNoDownloads', () => {
  it('names who reaches no registry, and why', () => {
    const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/' }; // where nobody listens
    expect(whyNoDownloads(undefined, env)).toMatch(/^npm reaches no registry \(npm error .*ECONNREFUSED/);
    expect(whyNoDownloads([['no-such-program']])).toMatch(/^no-such-program reaches no registry \(.*ENOENT/);
    expect(whyNoDownloads([['true'], ['false']])).toBe('false reaches no registry (exit code 1)');
  });

  it('is nothing where all answer', () => {
    expect(whyNoDownloads([['true'], ['true']])).toBeUndefined();
  });
});
