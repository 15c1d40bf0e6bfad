import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { optionFields } from '@featuremine/command-line';
import { isBuilt } from './support/cli-process';
import { version as rootVersion } from '../package.json';
import { programs } from './support/programs';

const commands = programs.flatMap((program) =>
  program.commands.map((command) => ({ name: `${program.name} ${command.name}`, command })),
);

interface Printed {
  readonly help: Readonly<Record<string, string>>;
  readonly libraries: readonly string[];
}

jest.setTimeout(60_000); // Commands in processes of their own, on a busy machine.

const built = isBuilt ? describe : describe.skip;

built('the help of all commands', () => {
  const clis = programs.map(({ name }) => join(__dirname, '../packages', name, 'dist/cli.js'));
  const printed = execFileSync(process.execPath, [join(__dirname, 'support/print-help.js'), ...clis], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '200' },
  });
  const { help, libraries } = JSON.parse(printed) as Printed;

  it('is printed without loading TensorFlow', () => {
    expect(libraries.some((path) => /libc\b/.test(path))).toBe(true);
    expect(libraries.filter((path) => /tensorflow|tfjs/.test(path))).toEqual([]);
  });

  it.each(programs.map(({ name }) => name))('lists the commands of %s', (name) => {
    for (const command of programs.find((program) => program.name === name)!.commands) {
      expect(help[name]).toContain(`${name} ${command.name}`);
      expect(command.summary).not.toMatch(/\.$/);
    }
    const { commands: [first] } = programs.find((program) => program.name === name)!; // prettier-ignore
    const flat = help[name].replace(/\s+/g, ' ');
    expect(flat).toContain(`Examples: ${first.examples[0]}`);
    expect(flat).toContain(`${name} COMMAND --help shows the flags of a command`);
  });

  it.each(programs.map(({ name, version }) => [name, version]))('has a version: %s', (_, version) => {
    expect(version).toBe(rootVersion);
  });

  it.each(commands.map(({ name }) => name))('has flags with their defaults, and examples: %s', (name) => {
    const { command } = commands.find((entry) => entry.name === name)!;
    const flat = help[name].replace(/\s+/g, ' ');
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) expect(flat).toContain(example);
    for (const { key, flag, description, defaultValue } of optionFields(command.schema)) {
      if (key === command.positional?.key) continue;
      expect(flat).toContain(`--${flag} `);
      expect(flat).toContain(description.replace(/\s+/g, ' '));
      if ((typeof defaultValue === 'string' && defaultValue !== '') || typeof defaultValue === 'number') {
        expect(flat).toMatch(new RegExp(`--${flag} .*?\\[default: ${escaped(String(defaultValue))}\\]`));
      }
    }
  });
});

built('completion', () => {
  const bins = join(__dirname, '../node_modules/.bin');
  const env = { ...process.env, PATH: `${bins}:${process.env['PATH']}` };

  it('completes commands, flags and choices in bash', () => {
    const complete = (...words: string[]): string[] => {
      const script = 'source <(retinanet completion); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _retinanet_yargs_completions; echo "${COMPREPLY[@]}"'; // prettier-ignore
      const argv = ['--norc', '-c', script, 'bash', 'retinanet', ...words];
      return execFileSync('bash', argv, { encoding: 'utf8', env: { ...env, SHELL: '/bin/bash' } })
        .trim()
        .split(' ');
    };
    expect(complete('tra')).toEqual(['train']);
    expect(complete('train', '--dry')).toEqual(['--dry-run']);
    expect(complete('train', '--schedule', 'co')).toEqual(['constant', 'cosine']);
  });

  it('prints a script for zsh where that is the shell', () => {
    const script = execFileSync('retinanet', ['completion'], { encoding: 'utf8', env: { ...env, SHELL: '/bin/zsh' } });
    expect(script).toMatch(/^#compdef retinanet\n/);
    expect(script).toContain('compdef _retinanet_yargs_completions retinanet');
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
