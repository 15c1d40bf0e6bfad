import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TENSORFLOW_VERSION } from '../src/installer/runtime-state';

const packageFolder = join(__dirname, '..');
const WHEEL = `tensorflow_cpu-${TENSORFLOW_VERSION}-py3-none-any.whl`;

/** What the wheel of these tests holds, as TensorFlow's does. */
const WHEEL_FILES = {
  'tensorflow/libtensorflow_cc.so.2': 'new library',
  'tensorflow/libtensorflow_framework.so.2': 'new framework',
  'tensorflow/include/xla/xla.h': '',
  'tensorflow/python/unused.py': '',
  [`tensorflow_cpu-${TENSORFLOW_VERSION}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: ${TENSORFLOW_VERSION}\n`,
  [`tensorflow_cpu-${TENSORFLOW_VERSION}.dist-info/WHEEL`]:
    'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
};

/** In the place of the tool that compiles the addon: needs the new library, as the linker does, and fails when it is told to. */
const BUILD_TOOL = `
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
if (readFileSync('deps/lib/libtensorflow.so', 'utf8') !== 'new library') throw new Error('the library is another');
if (process.env.FAILING_BUILD) throw new Error('error: no such header');
mkdirSync('lib/napi-v8', { recursive: true });
writeFileSync('lib/napi-v8/tfjs_binding.node', 'addon');
`;

const zip = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for name, text in json.load(sys.stdin).items(): archive.writestr(name, text)
`;

/** The bytes of the wheel. */
function makeWheel(): Buffer {
  const path = join(mkdtempSync(join(tmpdir(), 'wheel-')), WHEEL);
  spawnSync('python3', ['-c', zip, path], { input: JSON.stringify(WHEEL_FILES) });
  return readFileSync(path);
}

/** A package index with one wheel: its page promises `promised`, and `sent` is what a download gets of it. */
async function serveIndex(promised: Buffer, sent = promised): Promise<Server> {
  const sha256 = createHash('sha256').update(promised).digest('hex');
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.whl') === true) {
      response.writeHead(200, { 'content-length': promised.length });
      response.write(sent);
      if (sent.length < promised.length) setTimeout(() => response.destroy(), 100);
      else response.end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<html><body><a href="/${WHEEL}#sha256=${sha256}">${WHEEL}</a></body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A project of its own, in which the built package finds a tfjs-node without a runtime; gives the folder of tfjs-node. */
function makeProject(): { readonly bin: string; readonly tools: string; readonly tfjsNode: string } {
  const root = mkdtempSync(join(tmpdir(), 'install-'));
  const own = join(root, 'node_modules', '@featuremine', 'tensor-graph');
  for (const part of ['bin', 'dist', 'kernels', 'package.json']) {
    cpSync(join(packageFolder, part), join(own, part), { recursive: true });
  }
  const tfjsNode = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const tool = join(tfjsNode, 'node_modules', '@mapbox', 'node-pre-gyp');
  write(join(tfjsNode, 'package.json'), '{ "version": "4.22.0" }');
  write(join(tool, 'package.json'), '{}');
  write(join(tool, 'bin', 'node-pre-gyp'), BUILD_TOOL);
  const tools = join(root, 'tools'); // Compilers that only say that they are there.
  for (const name of ['make', 'c++']) write(join(tools, name), '#!/bin/sh\n', 0o755);
  const bin = join(own, 'bin', 'tensor-graph.js');
  expect(createRequire(bin).resolve('@tensorflow/tfjs-node-gpu/package.json')).toBe(join(tfjsNode, 'package.json'));
  return { bin, tools, tfjsNode };
}

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const isPossible = process.platform === 'linux' && process.arch === 'x64' && hasPip;
const suite = isPossible && existsSync(join(packageFolder, 'dist', 'cli.js')) ? describe : describe.skip;

jest.setTimeout(120_000); // pip on a busy machine.

suite('tensor-graph install', () => {
  const wheel = isPossible ? makeWheel() : Buffer.alloc(0);
  let project: ReturnType<typeof makeProject>;
  beforeEach(() => (project = makeProject()));

  /** `tensor-graph install --variant cpu`, with the server in the place of the package index. */
  async function install(server: Server, flags: readonly string[], environment = {}): Promise<Ended> {
    const env = {
      ...{ ...process.env, PATH: `${project.tools}:${process.env['PATH']}`, NO_PROXY: '127.0.0.1' },
      ...{ NODE_PATH: join(packageFolder, '..', '..', 'node_modules'), PIP_CONFIG_FILE: '/dev/null' },
      ...{ PIP_INDEX_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, PIP_EXTRA_INDEX_URL: '' },
      ...{ PIP_NO_CACHE_DIR: '1', PIP_RETRIES: '0', ...environment },
    };
    const argv = [project.bin, 'install', '--variant', 'cpu', ...flags];
    try {
      return await new Promise((resolve) => {
        const child = execFile(process.execPath, argv, { env }, (_, stdout, stderr) =>
          resolve({ code: child.exitCode ?? -1, stdout, stderr }),
        );
      });
    } finally {
      server.close();
    }
  }

  const content = (name: string): string => readFileSync(join(project.tfjsNode, name), 'utf8');

  /** A runtime of an earlier installation. */
  function putEarlier(): void {
    write(join(project.tfjsNode, 'deps', 'lib', 'libtensorflow.so.2'), 'old library');
    write(join(project.tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node'), 'old addon');
  }

  it('brings libraries, headers and addon, and leaves them alone the next time', async () => {
    const { code, stdout, stderr } = await install(await serveIndex(wheel), ['--json']);
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: '{"installed":true}\n' });
    expect(content('deps/lib/libtensorflow.so.2')).toBe('new library');
    expect(content('deps/lib/libtensorflow_framework.so')).toBe('new framework');
    expect(content('lib/napi-v8/tfjs_binding.node')).toBe('addon');
    expect(JSON.parse(content('deps/runtime.json'))).toEqual({ version: TENSORFLOW_VERSION, variant: 'cpu' });
    const parts = readdirSync(join(project.tfjsNode, 'deps')).sort();
    expect(parts).toEqual(['METADATA', 'include', 'kernels', 'lib', 'runtime.json']);
    const again = await install(await serveIndex(Buffer.from('no wheel')), []);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('is installed') as string });
  });

  it('takes the place of an earlier runtime with --force', async () => {
    putEarlier();
    expect(await install(await serveIndex(wheel), ['--force'])).toMatchObject({ code: 0 });
    expect(content('deps/lib/libtensorflow.so.2')).toBe('new library');
    expect(readdirSync(project.tfjsNode).sort()).toEqual(['deps', 'lib', 'node_modules', 'package.json']);
  });

  const changed = Buffer.from(wheel);
  changed[changed.length >> 1] ^= 1;
  const text = Buffer.from('no wheel');
  it.each([
    [
      'a wheel with another checksum',
      wheel,
      changed,
      {},
      'pip download: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES',
    ],
    ['a download that breaks off', wheel, wheel.subarray(0, wheel.length >> 1), {}, 'pip download: '],
    ['a file that is no wheel', text, text, {}, 'pip download: ERROR: '],
    ['an addon that does not build', wheel, wheel, { FAILING_BUILD: '1' }, 'the addon does not build'],
  ])('exits with 2 for %s, and leaves the earlier runtime', async (_, promised, sent, environment, message) => {
    putEarlier();
    const { code, stderr } = await install(await serveIndex(promised, sent), ['--force'], environment);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
    expect(stderr).toMatch(/\nerror: .*run this again\.\n$/);
    expect(content('deps/lib/libtensorflow.so.2')).toBe('old library');
    expect(content('lib/napi-v8/tfjs_binding.node')).toBe('old addon');
    expect(readdirSync(project.tfjsNode).sort()).toEqual(['deps', 'lib', 'node_modules', 'package.json']);
  });
});
