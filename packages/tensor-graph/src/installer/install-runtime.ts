import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RuntimeError } from '@featuremine/errors';
import { tfjsNodeFolder } from '../runtime-files';
import { buildKernels } from './build-kernels';
import { replaceFolder } from './replace-folder';
import { runtimeState, TENSORFLOW_VERSION, type RuntimeVariant } from './runtime-state';

const run = promisify(execFile);

/** How the runtime is installed. */
export interface InstallOptions {
  /** `auto` takes cuda where an NVIDIA driver is loaded. */
  readonly variant: RuntimeVariant | 'auto';
  /** Installs again, also when the runtime is complete. */
  readonly isForced: boolean;
  readonly log: (line: string) => void;
}

/**
 * Brings TensorFlow's libraries under @tensorflow/tfjs-node-gpu and builds its addon against them.
 *
 * On Linux x64 the libraries come out of the wheel `tensorflow-cpu` (with an NVIDIA driver: `tensorflow`, and the
 * `nvidia-*` wheels that it asks for), which pip downloads and nobody imports. Elsewhere, and without Python, the
 * package's own install runs. A complete runtime is left as it is; one that is replaced stays until the new one is there.
 *
 * @throws RuntimeError that names the missing tool
 */
export async function installRuntime({ variant: wanted, isForced, log }: InstallOptions): Promise<void> {
  const variant = wanted === 'auto' ? detectVariant() : wanted;
  const state = runtimeState();
  if (!isForced && state.isComplete && (wanted === 'auto' || state.variant === variant)) {
    log(`TensorFlow ${state.version ?? '?'} (${state.variant ?? '?'}) is installed`);
    return buildKernels(log);
  }
  const python = process.platform === 'linux' && process.arch === 'x64' ? await findPython() : undefined;
  if (python === undefined) return installByPackage(log);
  const folder = tfjsNodeFolder();
  await needTool('make', ['--version'], 'make', 'apt-get install build-essential');
  await needTool('c++', ['--version'], 'a C++ compiler', 'apt-get install build-essential');
  const deps = join(folder, 'deps');
  await replaceFolder(deps, {
    make: (fresh) => unpackLibraries(python, variant, fresh, log),
    finish: async () => {
      log('building the tfjs-node addon (about 20 s)');
      await buildAddon(folder);
      writeFileSync(join(deps, 'runtime.json'), `${JSON.stringify({ version: TENSORFLOW_VERSION, variant })}\n`);
    },
  });
  log(`TensorFlow ${TENSORFLOW_VERSION} (${variant}) is installed`);
  await buildKernels(log);
}

function detectVariant(): RuntimeVariant {
  return existsSync('/proc/driver/nvidia/version') ? 'cuda' : 'cpu';
}

async function findPython(): Promise<string | undefined> {
  for (const python of ['python3', 'python']) {
    const works = await run(python, ['-m', 'pip', '--version']).then(
      () => true,
      () => false,
    );
    if (works) return python;
  }
  return undefined;
}

async function needTool(command: string, args: string[], tool: string, install: string): Promise<void> {
  const works = await run(command, args).then(
    () => true,
    () => false,
  );
  if (works) return;
  throw new RuntimeError({
    where: 'TensorFlow runtime',
    found: `${command} does not run`,
    expected: tool,
    fix: `Install it (on Debian and Ubuntu: ${install}) and run this again`,
  });
}

async function unpackLibraries(
  python: string,
  variant: RuntimeVariant,
  deps: string,
  log: (line: string) => void,
): Promise<void> {
  const wheel = `${variant === 'cuda' ? 'tensorflow' : 'tensorflow-cpu'}==${TENSORFLOW_VERSION}`;
  const download = mkdtempSync(join(tmpdir(), 'tensorflow-wheel-'));
  try {
    log(`downloading the wheel ${wheel}${variant === 'cuda' ? ' and its CUDA libraries' : ' (about 270 MB)'}`);
    await pip(python, ['download', '--no-deps', '--only-binary=:all:', '-d', download, wheel]);
    const files = await readdir(download);
    mkdirSync(join(deps, 'lib'), { recursive: true });
    await run(python, ['-c', UNPACK, join(download, files[0]), deps]);
    // tfjs-node links against libtensorflow; the wheel calls the library of the C and C++ interfaces libtensorflow_cc.
    symlinkSync('libtensorflow.so.2', join(deps, 'lib', 'libtensorflow.so'));
    symlinkSync('libtensorflow.so.2', join(deps, 'lib', 'libtensorflow_cc.so.2'));
    symlinkSync('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));
    if (variant === 'cuda') await installCuda(python, deps);
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

// The libraries look for CUDA at $ORIGIN/../nvidia/<part>/lib, where pip puts it beside TensorFlow.
async function installCuda(python: string, deps: string): Promise<void> {
  const metadata = readFileSync(join(deps, 'METADATA'), 'utf8').split('\n');
  const requirements = metadata
    .filter((line) => line.startsWith('Requires-Dist: nvidia-'))
    .map((line) => line.slice('Requires-Dist: '.length).split(';')[0].trim());
  await pip(python, ['install', '--no-deps', '--only-binary=:all:', '--target', deps, ...requirements]);
}

async function pip(python: string, args: string[]): Promise<void> {
  try {
    await run(python, ['-m', 'pip', '--disable-pip-version-check', ...args], { maxBuffer: 1 << 26 });
  } catch (cause) {
    const lines = (cause as { stderr?: string }).stderr?.trim().split('\n') ?? [];
    throw new RuntimeError(
      {
        where: `pip ${args[0]}`,
        // What follows an ERROR are its details: the two checksums of a damaged file.
        found: lines.filter((line) => line.startsWith('ERROR: ')).pop() ?? lines.pop() ?? 'it failed',
        expected: `the wheel of TensorFlow ${TENSORFLOW_VERSION} for this machine`,
        fix: 'Check the network and the Python version (3.10 to 3.13), then run this again',
      },
      { cause },
    );
  }
}

async function buildAddon(folder: string): Promise<void> {
  const headers = join(dirname(dirname(process.execPath)), 'include', 'node', 'node_api.h');
  const nodeFolder = existsSync(headers) ? [`--nodedir=${dirname(dirname(process.execPath))}`] : [];
  const tool = require.resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp', { paths: [folder] });
  try {
    await run(process.execPath, [tool, 'install', '--build-from-source', ...nodeFolder], {
      cwd: folder,
      maxBuffer: 1 << 26,
    });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new RuntimeError(
      {
        where: folder,
        found: `the addon does not build (${stderr.split('\n').find((line) => /error/i.test(line)) ?? 'see --debug'})`,
        expected: 'a working C++ compiler and Python for node-gyp',
        fix: 'Install build-essential and python3, then run this again',
      },
      { cause },
    );
  }
}

// TensorFlow 2.9 from the package's own bucket: the way on macOS and Windows, and without Python.
async function installByPackage(log: (line: string) => void): Promise<void> {
  const folder = tfjsNodeFolder();
  log("no Python with pip on Linux x64 here: running the package's own install of TensorFlow");
  try {
    await run(process.execPath, [join(folder, 'scripts', 'install.js'), 'download'], {
      cwd: folder,
      maxBuffer: 1 << 26,
    });
  } catch (cause) {
    throw new RuntimeError(
      {
        where: folder,
        found: 'its own install failed',
        expected: 'python3 with pip (Linux), or access to the download server of tfjs-node',
        fix: 'On Debian and Ubuntu: apt-get install python3-pip, then run this again',
      },
      { cause },
    );
  }
}

const UNPACK = `
import sys, zipfile, os, shutil
wheel, deps = sys.argv[1:3]
archive = zipfile.ZipFile(wheel)
names = {'tensorflow/libtensorflow_cc.so.2': 'lib/libtensorflow.so.2',
         'tensorflow/libtensorflow_framework.so.2': 'lib/libtensorflow_framework.so.2'}
roots = ('tensorflow/include/tensorflow/', 'tensorflow/include/xla/', 'tensorflow/include/tsl/')
for name in archive.namelist():
    if name in names: target = names[name]
    elif name.endswith('.dist-info/METADATA'): target = 'METADATA'
    elif name.startswith(roots) and not name.endswith('/'): target = name[len('tensorflow/'):]
    else: continue
    path = os.path.join(deps, target)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with archive.open(name) as source, open(path, 'wb') as out: shutil.copyfileobj(source, out, 1 << 20)
`;
