import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(__dirname, '..');
const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
const layers = page.slice(page.indexOf('## Layers'), page.indexOf('## How a step'));
const folders = readdirSync(join(root, 'packages')).sort();

/** All packages that a package declares. `dependencies.test.ts` holds them to its imports. */
function dependenciesOf(folder: string): string[] {
  const text = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
  const declared = JSON.parse(text) as Partial<Record<'dependencies' | 'optionalDependencies', Record<string, string>>>;
  return Object.keys({ ...declared.dependencies, ...declared.optionalDependencies }).sort();
}

/** Those of this repository, by their folders. */
function declaredBy(folder: string): string[] {
  return dependenciesOf(folder).flatMap((name) => /^@featuremine\/(.+)$/.exec(name)?.[1] ?? []);
}

/** Arrows as pairs of a package and one that uses it: `a --> b --> c` are two. */
function arrows(): [string, string][] {
  const chains = [...layers.matchAll(/^ +[\w-]+(?: --> [\w-]+)+$/gm)].map(([line]) => line.trim().split(' --> '));
  return chains.flatMap((names) => names.slice(1).map((name, i): [string, string] => [names[i], name]));
}

/** All packages below each one, its own and theirs. */
function everythingBelow(direct: (name: string) => readonly string[]): Record<string, string[]> {
  const below = (name: string): string[] => direct(name).flatMap((lower) => [lower, ...below(lower)]);
  return Object.fromEntries(folders.map((name) => [name, [...new Set(below(name))].sort()]));
}

describe('the page on architecture', () => {
  it('lists the packages in the order of the layers', () => {
    const listed = [...layers.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    // What tsc builds in order, and eslint takes for the layers.
    const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
      references: { path: string }[];
    };
    expect(listed).toEqual(references.map(({ path }) => basename(path)));
    expect([...listed].sort()).toEqual(folders);
  });

  it('names the packages of others that each one uses', () => {
    const named = [...layers.matchAll(/^\| `([\w-]+)` \|.*\| ?([^|]*) \|$/gm)].map(([, name, list]) => [name, list]);
    const declared = folders.map((name) => [
      name,
      dependenciesOf(name)
        .filter((dependency) => !dependency.startsWith('@featuremine/'))
        .join(', '),
    ]);
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(declared));
  });

  it('draws the packages that use each other, and no arrow that follows from others', () => {
    const drawn = arrows();
    const users = (name: string, among = drawn): string[] =>
      among.filter(([, user]) => user === name).map(([lower]) => lower);
    expect(everythingBelow((name) => users(name))).toEqual(everythingBelow(declaredBy));
    const needless = drawn.filter((arrow) => {
      const others = everythingBelow((name) =>
        users(
          name,
          drawn.filter((other) => other !== arrow),
        ),
      );
      return others[arrow[1]].includes(arrow[0]);
    });
    expect(needless).toEqual([]);
  });
});
