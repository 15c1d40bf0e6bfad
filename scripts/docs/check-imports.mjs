// Do the packages export what an example imports from them?
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'packages');

/** What is wrong with the imports of a TypeScript or JavaScript text, a sentence each. @param {string} code */
export function faultsOfImports(code) {
  const imports = code.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'@featuremine\/([\w-]+)(?:\/([\w-]+))?'/g);
  return [...imports].flatMap(([, list, name, part = 'index']) => {
    const path = join(packages, name, 'src', `${part}.ts`);
    if (!existsSync(path)) return [`there is no @featuremine/${name}${part === 'index' ? '' : `/${part}`}`];
    const known = exportsOf(readFileSync(path, 'utf8'));
    const unknown = namesOf(list).filter((wanted) => !known.has(wanted));
    return unknown.map((wanted) => `@featuremine/${name} does not export ${wanted}`);
  });
}

// Every index names its exports one by one.
function exportsOf(text) {
  const lists = text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g);
  const declared = text.matchAll(/export\s+(?:async\s+)?(?:const|function|class|interface|type)\s+(\w+)/g);
  return new Set([
    ...[...lists].flatMap(([, list]) => namesOf(list, 'last')),
    ...[...declared].map(([, name]) => name),
  ]);
}

/** The names of `a, type B, c as d`: those asked for, or with 'last' those given. */
function namesOf(list, which = 'first') {
  const parts = list.split(',').map((part) => part.replace(/\/\/.*$/gm, '').replace(/\btype\s+/, '').trim()); // prettier-ignore
  return parts.filter((part) => part !== '').map((part) => part.split(/\s+as\s+/).at(which === 'last' ? -1 : 0));
}
