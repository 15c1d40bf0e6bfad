import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..');

/** The names that an index exports, and the files that declare them. */
function exportsOf(index: string): { name: string; file: string }[] {
  const lists = readFileSync(index, 'utf8').matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/g);
  return [...lists].flatMap(([, list, from]) => {
    const file = `${join(dirname(index), from)}.ts`;
    const names = list.split(',').map((part) => part.trim().replace(/^type\s+/, '').split(/\s+as\s+/)[0]); // prettier-ignore
    return names.filter((name) => name !== '').map((name) => ({ name, file }));
  });
}

/** Whether a comment for its reader stands right before a declaration. */
function isDocumented({ name, file }: { name: string; file: string }): boolean {
  const text = readFileSync(file, 'utf8');
  const declaration = new RegExp(
    `^export (?:abstract |async |declare )*(?:const|function\\*?|class|interface|type) ${name}\\b`,
    'm',
  );
  const at = declaration.exec(text)?.index;
  return at !== undefined && /\*\/\s*(?:\/\/ prettier-ignore\s*)?$/.test(text.slice(0, at));
}

describe('what the packages export', () => {
  it('has a doc comment each', () => {
    const all = readdirSync(join(root, 'packages'))
      .flatMap((name) => ['index.ts', 'browser.ts', 'text.ts'].map((part) => join(root, 'packages', name, 'src', part)))
      .filter((index) => existsSync(index))
      .flatMap(exportsOf);
    expect(all.length).toBeGreaterThan(300);
    const undocumented = all.filter((each) => !isDocumented(each));
    expect(undocumented.map(({ name, file }) => `${relative(root, file)}: ${name}`)).toEqual([]);
  });
});

// Some minutes: a whole program for each package.
const long = process.env['FEATUREMINE_LONG'] === '1' ? it : it.skip;

describe('the pages of the API', () => {
  long(
    'can be written: typedoc finds no broken link, and no type or value without a comment',
    () => {
      const typedoc = join(root, 'node_modules', 'typedoc', 'bin', 'typedoc');
      const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, '--emit', 'none'], {
        cwd: root,
        encoding: 'utf8',
      });
      const faults = `${stdout}${stderr}`.split('\n').filter((line) => /error|does not have any doc/.test(line));
      expect(faults).toEqual([]);
      expect(status).toBe(0);
    },
    20 * 60_000,
  );
});
