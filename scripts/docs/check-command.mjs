// Is a command line that a document shows one that would be accepted? Nothing is run.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestName } from '@featuremine/errors';
import { readLine } from '@featuremine/command-line';
import { chainProgram, flagsOf, programs } from './programs.mjs';
import { scriptFiles } from './script-files.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Commands of the system, whose own flags are not looked at. */
const SYSTEM = new Set('apt-get cd cp curl export git kill ls mkdir nvidia-smi python3 rm tail tar unzip'.split(' '));
/** Flags of npm and node that documents name alone. */
const FOREIGN_FLAGS = new Set(['ignore-scripts']);
const CONFIG_FLAG = '--config';

/** Whether the words begin as a command of this project, npm, npx or node: the others in an indented block are text. */
export function isCommand([first]) {
  return (
    programs.has(binName(first)) ||
    ['npm', 'npx', 'node', 'nohup', 'mpirun', 'mpiexec'].includes(first) ||
    isPython(first)
  );
}

/** What is wrong with a whole command line, or undefined. @param {string[]} words */
export function faultOf(words) {
  const [first, ...rest] = words;
  if (/^[A-Z_]+=/.test(first)) return rest.length === 0 ? undefined : faultOf(rest);
  if (first === 'nohup') return faultOf(rest);
  if (['mpirun', 'mpiexec'].includes(first)) return faultOf(withoutLauncherFlags(rest));
  if (first === 'npx') return rest[0] === 'jest' ? undefined : faultOf(rest);
  if (programs.has(binName(first))) return faultOfProgram(programs.get(binName(first)), rest);
  if (first === 'npm') return faultOfNpm(rest);
  if (first === 'node' || isPython(first)) return faultOfScript(rest);
  return SYSTEM.has(first) ? undefined : `${first} is no known command`;
}

/** What is wrong with a part of a command line in running text: names of commands and flags only. @param {string} text */
export function faultOfSpan(text) {
  const [first, second, ...rest] = text.split(/\s+/);
  if (first === 'npm' && second === 'run') return rest[0] === undefined ? undefined : faultOfScriptName(rest[0]);
  if (first.startsWith('--')) return faultOfFlag(flagOf(first));
  const program = programs.get(first);
  if (program === undefined || second === undefined || !/^[a-z]/.test(second) || second === 'completion') return;
  for (const word of second.split('|')) {
    const command = program.commands.find(({ name }) => name === word);
    if (command === undefined) return `${first} has no command ${word}`;
    const unknown = rest.map(flagOf).find((flag) => flag !== undefined && !flagsOf(command).has(flag));
    if (unknown !== undefined) return `${first} ${word} has no flag --${unknown}`;
  }
  return undefined;
}

// Each flag of mpirun that documents use has a value.
function withoutLauncherFlags(words) {
  return words[0]?.startsWith('-') ? withoutLauncherFlags(words.slice(2)) : words;
}

function binName(word) {
  return word.replace(/^node_modules\/\.bin\//, '').replace(/^packages\/[\w-]+\/bin\/([\w-]+)\.js$/, '$1');
}

function isPython(word) {
  return /(^|\/)python3?$/.test(word);
}

function kebab(key) {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function flagOf(word) {
  return /^--(?:no-)?([a-z][a-z0-9-]*)/.exec(word)?.[1];
}

function faultOfProgram(program, words) {
  try {
    readLine(program, fromRoot(words));
    return undefined;
  } catch (error) {
    if (error.name !== 'ConfigError') throw error;
    return error.message;
  }
}

// Documents name configurations from the root of the repository.
function fromRoot(words) {
  return words.map((word, i) => {
    if (words[i - 1] === CONFIG_FLAG) return join(root, word);
    return word.startsWith(`${CONFIG_FLAG}=`)
      ? `${CONFIG_FLAG}=${join(root, word.slice(CONFIG_FLAG.length + 1))}`
      : word;
  });
}

// A flag alone may be that of any command or script.
function faultOfFlag(flag) {
  if (flag === undefined || FOREIGN_FLAGS.has(flag)) return undefined;
  const isKnown =
    [...programs.values(), chainProgram].some(({ commands }) => commands.some((each) => flagsOf(each).has(flag))) ||
    scriptFiles().some((file) => flagsOfScript(file)?.includes(flag));
  return isKnown ? undefined : `no command has a flag --${flag}`;
}

function faultOfScriptName(name) {
  if (scripts[name] !== undefined) return undefined;
  const near = nearestName(name, Object.keys(scripts));
  return `package.json has no script ${name}${near === undefined ? '' : ` (${near}?)`}`;
}

function scriptFile(script) {
  return /node (scripts\/(?!setup)\S+)/.exec(script)?.[1];
}

function faultOfNpm([verb, ...rest]) {
  if (['ci', 'install', 'pack'].includes(verb)) return undefined;
  const name = verb === 'run' ? (rest[0] ?? '') : verb;
  const fault = faultOfScriptName(name);
  if (fault !== undefined) return fault;
  const dashes = rest.indexOf('--');
  const words = dashes < 0 ? [] : rest.slice(dashes + 1);
  if (name === 'chain' || name === 'demo') return faultOfProgram(chainProgram, [name, ...words]);
  if (name === 'reproduce') return faultOfProgram(programs.get('backbone-pretrain'), [name, ...words]);
  if (name === 'web-demo') return faultOfProgram(programs.get(name), ['serve', ...words]);
  const script = scriptFile(scripts[name]);
  return script === undefined ? undefined : faultOfScript([script, ...words]);
}

function faultOfScript([script, ...words]) {
  const known = flagsOfScript(script);
  if (known === null) return `there is no file ${script}`;
  const unknown = words.map(flagOf).find((flag) => flag !== undefined && known?.includes(flag) === false);
  return unknown === undefined ? undefined : `${script} has no flag --${unknown}`;
}

// The flags of our own scripts are those which they give to scriptFlags as zod types; undefined for scripts that call it
// not, null where there is no such file.
function flagsOfScript(script) {
  if (script === undefined) return undefined;
  const path = [join(root, script), join(root, 'packages', 'tensor-graph', script)].find((file) => existsSync(file));
  if (path === undefined) return null;
  const text = readFileSync(path, 'utf8');
  if (!text.includes('scriptFlags(')) return undefined;
  return [...text.matchAll(/\b([a-z]\w*): (?:z\b|wholeNumber\(|number\()/gi)].map(([, name]) => kebab(name));
}
