import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommands, silentLogger } from '@featuremine/command-line';
import { buildSite } from '../src/build-site';
import { buildCommand } from '../src/commands/build';
import { serveCommand } from '../src/commands/serve';
import { demoContent } from '../src/demo-model';
import { readExportedModel } from '../src/exported-model';
import { serveSite } from '../src/site-server';
import type { SiteServer } from '../src/site-server';
import { tinyMetadata, writeTinyModel } from './support/tiny-model';

const folder = mkdtempSync(join(tmpdir(), 'web-demo-site-'));
const model = writeTinyModel(join(folder, 'tiny'));
const example = join(folder, 'Photo.PNG');
writeFileSync(example, 'a picture');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readExportedModel', () => {
  it('finds the files and their size', () => {
    const { name, files, sizeBytes } = readExportedModel(model);
    expect(name).toBe('tiny');
    expect(files).toEqual([join(model, 'model.json'), join(model, 'group1-shard1of1.bin')]);
    expect(sizeBytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
  });

  it('refuses folders without a detector, with a broken one, and without its weights', () => {
    expect(() => readExportedModel(folder)).toThrow(/no model\.json.*retinanet export/);
    const classifier = writeTinyModel(join(folder, 'classifier'), { ...tinyMetadata(), task: 'classification' });
    expect(() => readExportedModel(classifier)).toThrow(/userDefinedMetadata\.task/);
    const broken = writeTinyModel(join(folder, 'broken'));
    rmSync(join(broken, 'group1-shard1of1.bin'));
    expect(() => readExportedModel(broken)).toThrow(/group1-shard1of1\.bin: there is no such file/);
    writeFileSync(join(broken, 'model.json'), '{');
    expect(() => readExportedModel(broken)).toThrow(/no graph model/);
  });
});

describe('buildSite and serveSite', () => {
  const site = join(folder, 'site');
  let server: SiteServer;
  beforeAll(async () => {
    await buildSite({ folder: site, models: [readExportedModel(model)], examples: [example] });
    server = await serveSite({ folder: site, port: 0, host: '127.0.0.1' });
  });
  afterAll(() => server.close());

  /** The raw path is sent as it is, which fetch would tidy up. */
  function get(path: string): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
    const { hostname, port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      request({ hostname, port, path, agent: false }, (response) => {
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString('latin1')));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    });
  }

  it('lists the model and the example, and serves them', async () => {
    const content = JSON.parse((await get('/content.json')).body) as { models: { url: string }[]; examples: string[] };
    expect(content).toEqual({
      models: [{ name: 'tiny', url: 'models/1/model.json', sizeBytes: readExportedModel(model).sizeBytes }],
      examples: ['examples/1.png'],
    });
    expect((await get('/models/1/group1-shard1of1.bin')).status).toBe(200);
    expect(await get('/examples/1.png')).toMatchObject({ body: 'a picture', headers: { 'content-type': 'image/png' } });
    expect((await get('/wasm/tfjs-backend-wasm-simd.wasm')).headers['content-type']).toBe('application/wasm');
  });

  it('isolates the page, so that it has threads, and lets it load nothing from elsewhere', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('<h1>');
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'content-security-policy': expect.stringContaining("default-src 'self'") as string,
    });
  });

  it('gives nothing from outside its folder', async () => {
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%00', '/%zz', '//secret.txt']) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await get('/models')).status).toBe(404);
  });

  it('answers 404 for what is below a file, and for a name that is too long', async () => {
    for (const path of ['/index.html/x', `/${'x'.repeat(300)}`]) expect((await get(path)).status).toBe(404);
  });

  it('goes on when a file cannot be read', async () => {
    symlinkSync('/proc/self/mem', join(site, 'unreadable')); // It opens, and reading gives EIO.
    await expect(get('/unreadable')).rejects.toThrow();
    expect((await get('/')).status).toBe(200);
  });

  it('closes the file of a download that the browser gives up', async () => {
    const large = join(site, 'large.bin');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 26);
    await new Promise<void>((resolve) => {
      const download = request(`${server.url}large.bin`, { agent: false }, (response) => {
        response.once('data', () => download.destroy());
        response.once('close', resolve);
      });
      download.on('error', () => undefined).end();
    });
    const isOpen = (): boolean => readdirSync('/proc/self/fd').some((fd) => linkOf(`/proc/self/fd/${fd}`) === large);
    for (let attempt = 0; attempt < 50 && isOpen(); attempt++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOpen()).toBe(false);
  });

  it('replaces a site, and refuses a folder that is none', async () => {
    writeFileSync(join(site, 'left-over.js'), '');
    await buildSite({ folder: site, models: [], examples: [] });
    expect(existsSync(join(site, 'left-over.js'))).toBe(false);
    mkdirSync(join(folder, 'documents'));
    writeFileSync(join(folder, 'documents', 'letter.txt'), '');
    await expect(buildSite({ folder: join(folder, 'documents'), models: [], examples: [] })).rejects.toThrow(
      /something else than a site/,
    );
  });

  it('refuses a port that is taken', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveSite({ folder: site, port, host: '127.0.0.1' })).rejects.toThrow(/another program has it/);
  });
});

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // The descriptor of the listing itself.
  }
}

describe('web-demo', () => {
  async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const written = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') => ({
      write: (text: string): boolean => {
        written[name] += text;
        return true;
      },
    });
    const commands = [serveCommand, buildCommand];
    const program = { name: 'web-demo', summary: '', commands, argv };
    const exitCode = await runCommands({ ...program, stdout: stream('stdout'), stderr: stream('stderr') });
    process.exitCode = undefined; // the code is the command's, not that of the tests
    return { exitCode, ...written };
  }

  it('build writes a site', async () => {
    const out = join(folder, 'built');
    const { exitCode, stdout } = await run('build', '--exported', model, '--examples', folder, '--out', out, '--json');
    expect({ exitCode, result: JSON.parse(stdout) as unknown }).toEqual({ exitCode: 0, result: { folder: out } });
    expect(existsSync(join(out, 'worker.js'))).toBe(true);
    expect(existsSync(join(out, 'examples', '1.png'))).toBe(true);
  });

  it('names the demo where it was not run', async () => {
    await expect(demoContent(join(folder, 'none'), silentLogger)).rejects.toThrow(/npm run demo.*--exported DIR/);
  });

  it.each([
    ['a model that is none', ['serve', '--exported', join(folder, 'none')], /no model\.json/],
    [
      'examples that are not there',
      ['build', '--exported', model, '--examples', 'no.jpg', '--out', 'x'],
      /no\.jpg: there is no such/,
    ],
    ['a folder without pictures', ['build', '--exported', model, '--examples', model, '--out', 'x'], /no picture/],
  ])('refuses %s with exit code 2', async (_what, argv, message) => {
    const { exitCode, stderr } = await run(...argv);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
