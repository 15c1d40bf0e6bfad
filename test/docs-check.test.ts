import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');
const scripts = join(root, 'scripts', 'docs');

function run(script: string, argv: readonly string[]): { status: number | null; stderr: string; stdout: string } {
  return spawnSync(process.execPath, [join(scripts, script), ...argv], { encoding: 'utf8' });
}

function check(...files: string[]): { status: number | null; faults: string[]; summary: string } {
  const { status, stderr, stdout } = run('check.mjs', files);
  const faults = stderr.split('\n').filter((line) => /^[\w./-]+:\d+: | --help, /.test(line));
  return { status, faults, summary: stdout.trim() };
}

/** How many commands of documents are not run, by the reason: a new one is a decision, to be made here too. */
const LEFT_OUT: Readonly<Record<string, number>> = {
  'sets up': 8,
  'a published data set': 6,
  'minutes to days of computing': 8,
  'changes the shell': 2,
  'several processes, which have tests of their own': 3,
  'downloaded weights': 3,
  'serves until it is stopped': 2,
};

describe('the check of the documents', () => {
  it('finds every link, file and command of README, docs and packages in order', () => {
    const { status, faults, summary } = check();
    expect(faults).toEqual([]);
    expect(summary).toMatch(/^\d{2,} documents, \d{2,} links, \d{2,} commands, \d{2,} examples: 0 faults$/);
    expect(status).toBe(0);
  });

  it('names what is wrong with its line', () => {
    const document = [
      '# One heading',
      '[good](#one-heading), [bad](#another-heading), [nowhere](missing.md)',
      '[elsewhere](https://example.org/page)',
      '`packages/boxes/src/no-such-file.ts`, `configs/none-*.json`, `packages/*/src/index.ts`, `--unheard-flag`, `voc-eval runs`, `npm run tests`',
      '',
      '    retinanet train --voc VOCdevkit \\',
      '      --train 2007/train --epoch 3 --out runs/a',
      '    a line that is no command',
      '',
      '```sh',
      'npm run demo -- --seed 1 # fine',
      'npm run chain -- --classify cifar100:c@128 --voc V --train a --test b --lr fast --out runs/c',
      'backbone-pretrain train --config configs/none.json --out runs/b && voc-eval run --voc V --set 2007/test > log.txt',
      'node scripts/bench/main.mjs --fastest',
      'some-tool --now',
      '```',
      '```ts',
      "import { iouMatrix, type NoSuchType } from '@featuremine/boxes';",
      '```',
    ];
    const path = join(mkdtempSync(join(tmpdir(), 'docs-')), 'page.md');
    writeFileSync(path, document.join('\n'));
    const { status, faults } = check(path);
    const expected = [
      /:2: the link #another-heading leads to no heading/,
      /:2: the link missing\.md leads to no file/,
      /:3: example\.org is not among the hosts/,
      /:4: `packages\/boxes\/src\/no-such-file\.ts`: there is no such file/,
      /:4: `configs\/none-\*\.json`: there is no such file/,
      /:4: `--unheard-flag`: no command has a flag/,
      /:4: `voc-eval runs`: voc-eval has no command runs/,
      /:4: `npm run tests`: package\.json has no script tests \(test\?\)/,
      /:18: @featuremine\/boxes does not export NoSuchType/,
      /:6: .*--epoch: unknown flag\. Did you mean --epochs/,
      /:12: .*--lr: "fast", expected a number/,
      /:13: backbone-pretrain .*configs\/none\.json: there is no such file/,
      /:13: voc-eval .*--detections: missing/,
      /:14: .*has no flag --fastest/,
      /:15: .*some-tool is no known command/,
    ];
    expect(faults).toHaveLength(expected.length);
    expected.forEach((pattern, i) => expect(faults[i]).toMatch(pattern));
    expect(status).toBe(1);
  });
});

describe('the check of addresses', () => {
  it('asks for each with --online, and names those that are gone', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.method === 'HEAD' && request.url === '/here' ? 200 : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = join(mkdtempSync(join(tmpdir(), 'docs-')), 'page.md');
    writeFileSync(path, [`[a](${base}/here), [b](${base}/gone)`, '```sh', `curl -O ${base}/file`, '```'].join('\n'));
    expect(check(path)).toMatchObject({ status: 0, faults: [] });
    const child = spawn(process.execPath, [join(scripts, 'check.mjs'), '--online', path]);
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    server.close();
    expect(stderr).toMatch(/:1: http:.*\/gone: the server answers 404\n.*:3: http:.*\/file: the server answers 404\n$/);
    expect(code).toBe(1);
  });
});

// Some minutes of small trainings.
const long = process.env['FEATUREMINE_LONG'] === '1' ? it : it.skip;

describe('the walk through the documents', () => {
  it('runs the commands of a page, each on what those before made', () => {
    const { status, stdout } = run('walk.mjs', ['packages/voc-eval/README.md']);
    expect(stdout.trim().split('\n').at(-1)).toBe('7 commands were run, 0 did not end as they should, 1 were left out');
    expect(status).toBe(0);
  }, 120_000);

  it('leaves out what it names, for a reason', () => {
    const lines = run('walk.mjs', ['--list']).stdout.trim().split('\n');
    const out = lines.flatMap((line) => /^left out \((.*?)\) +(.*)$/.exec(line)?.slice(1) ?? []);
    const pairs = out.flatMap((word, i) => (i % 2 === 0 ? [[word, out[i + 1]]] : []));
    const byReason = new Map<string, string[]>();
    for (const [reason, command] of pairs) byReason.set(reason, [...(byReason.get(reason) ?? []), command]);
    expect(Object.fromEntries([...byReason].map(([reason, commands]) => [reason, commands.length]))).toEqual(LEFT_OUT);
    const downloads = byReason.get('downloaded weights')!.map((command) => /--weights (\S+)/.exec(command)![1]);
    expect(downloads).toEqual(['resnet50.safetensors', 'retinanet_resnet50_fpn_coco.pth', 'retinanet.safetensors']);
    expect(lines.at(-1)).toMatch(/^\d\d commands were found, 0 did/);
  });

  long(
    'runs the commands of all pages',
    () => {
      const { status, stdout, stderr } = run('walk.mjs', []);
      expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d\d commands were run, 0 did not end as they should,/);
      expect(status).toBe(0);
      expect(stderr).not.toContain('exit code');
    },
    30 * 60_000,
  );
});

describe('the reference of commands and scripts', () => {
  it('is what the schemas say', () => {
    const { stderr, stdout } = run('reference.mjs', ['--check']);
    expect(stderr.split('\n').filter((line) => line.startsWith('docs/reference/'))).toEqual([]);
    expect(stdout).toBe('7 pages, 0 changed\n');
  });
});

describe('the figure of Feature Mining', () => {
  it('shows the boxes that training draws', () => {
    expect(run('feature-mining-figure.mjs', ['--check']).stdout).toBe('docs/images/feature-mining.svg is up to date\n');
  });
});

describe('the list of error messages', () => {
  it('quotes messages that the code has', () => {
    const install = readFileSync(join(root, 'docs', 'install.md'), 'utf8');
    const rows = install.slice(install.indexOf('## What goes wrong')).matchAll(/^\| (`.*?) \|/gm);
    const quoted = [...rows].flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message]) => message));
    const sources = readdirSync(join(root, 'packages')).flatMap((name) => {
      const folder = join(root, 'packages', name, 'src');
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
      return files.map((path) => readFileSync(join(folder, path), 'utf8'));
    });
    const bin = readFileSync(join(root, 'packages', 'retinanet', 'bin', 'retinanet.js'), 'utf8');
    // What Node and the shell say.
    const others = ['Cannot find module', 'Killed'];
    const code = [...sources, readFileSync(join(root, 'scripts', 'setup.mjs'), 'utf8'), bin, ...others].join('\n');
    const parts = quoted
      .flatMap((message) => message.split('…').map((part) => part.trim()))
      .filter((part) => part !== '');
    expect(parts.length).toBeGreaterThan(15);
    expect(parts.filter((part) => !code.includes(part))).toEqual([]);
  });
});
