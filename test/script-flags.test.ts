import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scripts as npmScripts } from '../package.json';
import { isBuilt } from './support/cli-process';

const root = join(__dirname, '..');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  /** Without what TensorFlow writes when it is loaded. */
  readonly stderr: string;
}

function run(script: string, ...argv: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}`, ...argv], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.replace(/^(WARNING: All log|[IW]\d{4}).*\n/gm, '') };
}

/** Scripts under scripts/ that have flags. */
const withFlags = readdirSync(join(root, 'scripts'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.mjs') && name !== 'script-flags.mjs')
  .filter((name) => readFileSync(join(root, 'scripts', name), 'utf8').includes('await scriptFlags('))
  .sort();

/** What docs/reference/scripts.md has below the heading of a script. */
function section(script: string): string {
  const npm = Object.entries(npmScripts).find(([, line]) => line.endsWith(`node scripts/${script}`))?.[0];
  const heading = `## ${npm === undefined ? `node scripts/${script}` : `npm run ${npm}`}\n`;
  const page = readFileSync(join(root, 'docs', 'reference', 'scripts.md'), 'utf8');
  return page.split(/^(?=## )/m).find((text) => text.startsWith(heading)) ?? '';
}

const built = isBuilt ? describe : describe.skip;

jest.setTimeout(240_000); // Some load TensorFlow before they read their flags, on a busy machine.

built('the flags of scripts', () => {
  it('are read by one reader in all of them', () => {
    const names = ['bench/main', 'compare/bccd', 'compare/curves', 'exports/main', 'parity/run', 'reproduce/main'];
    expect(withFlags).toEqual(expect.arrayContaining(names.map((name) => `${name}.mjs`)));
  });

  it.each(withFlags)('are told by --help and in the reference, and others refused: %s', (script) => {
    const help = run(script, '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`^node scripts/${script}.*\\n\\n\\S`));
    expect(help.stdout).toMatch(/\nExamples:\n +(npm run|node scripts)/);
    const flags = [...help.stdout.matchAll(/^ +(--[a-z-]+) /gm)].map(([, flag]) => flag);
    expect(section(script)).toContain('```sh\n');
    expect(flags.filter((flag) => flag !== '--debug' && !section(script).includes(`\n| \`${flag}\` |`))).toEqual([]);
    const refused = run(script, '--no-such-flag', '1');
    expect(refused).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: --no-such-flag: unknown flag. See node scripts/${script} --help.\n`,
    });
  });

  it.each(['setup.mjs', 'check.mjs', 'peers/setup.mjs', 'wasm/main.mjs'])(
    'are none, and others refused: %s',
    (script) => {
      const help = run(script, '--help');
      expect(help).toMatchObject({ status: 0, stderr: '' });
      expect(section(script)).toContain('\nIt takes no flags.\n');
      expect(help.stdout).toMatch(new RegExp(`^node scripts/${script}\\n\\n\\S.*\\n\\nIt takes no flags\\.\\n$`));
      expect(run(script, '--now')).toEqual({
        status: 2,
        stdout: '',
        stderr: `error: --now: unknown flag. See node scripts/${script} --help.\n`,
      });
    },
  );

  it.each([
    [['bench/main.mjs', '--warmups', '3'], '--warmups: unknown flag. Did you mean --warmup?'],
    [['bench/main.mjs', '--steps', '0'], '--steps: 0, expected a whole number from 1.'],
    [['bench/main.mjs', 'resnet5O'], 'bench: no row or group is named resnet5O. Did you mean resnet50?'],
    [['compare/bccd.mjs', '--seeds', 'many'], '--seeds: "many", expected a whole number from 1.'],
    [['compare/bccd.mjs'], '--voc: missing, expected a text.'],
    [['compare/bccd.mjs', '--voc', '/nowhere'], '/nowhere: there is no such folder.'],
    [['compare/curves.mjs', '--size', '100x96'], '--size: "100x96", expected two multiples of 32, WxH.'],
    [['reproduce/main.mjs', '--scale', 'full'], '--scale: unknown flag.'],
    [['reproduce/main.mjs', '--table', '11'], '--table: "11", expected'],
  ])('name what is wrong: %j', ([script, ...argv], message) => {
    const { status, stderr } = run(script, ...argv);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });
});
