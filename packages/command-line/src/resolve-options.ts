import { ConfigError, nearestName } from '@featuremine/errors';
import type { z } from 'zod';
import type { Command } from './command';
import { readConfigFile } from './config-file';
import { kebabCase } from './kebab-case';
import { alternatives, describeExpected, inputSchema } from './option-schema';
import type { JsonSchema } from './option-schema';
import { parseValue } from './parse-value';

/** What the command line said, before it is read by a schema. */
export interface GivenOptions {
  /** Texts (or true/false for booleans) by camelCase key; a list flag that is repeated has its texts joined by commas. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  /** The arguments that are no flags. */
  readonly positionals: readonly string[];
  /** The path given to --config. */
  readonly configPath?: string | undefined;
  /** The texts given to --set, each `key=value`. */
  readonly sets: readonly string[];
}

type Tree = Record<string, unknown>;

/**
 * The options of a command, resolved: defaults, then the config file, then --set, then flags.
 *
 * @throws ConfigError that names the flag or key, what was found and expected, and the fix.
 */
export function resolveOptions(command: Command, programName: string, given: GivenOptions): unknown {
  const root = inputSchema(command.schema);
  const tree: Tree = {};
  const sources = new Map<string, string>();
  if (given.configPath !== undefined) mergeConfig({ tree, sources, root, path: given.configPath, command });
  for (const text of given.sets) applySet({ tree, sources, root, text });
  for (const [key, value] of given.flags) {
    const where = `--${kebabCase(key)}`;
    sources.set(key, where);
    tree[key] = typeof value === 'boolean' ? value : readText({ where, schema: root.properties![key], text: value });
  }
  applyPositionals({ command, tree, sources, positionals: given.positionals });
  const result = command.schema.safeParse(tree);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => describeIssue({ issue, root, sources, tree, command }));
  if (faults.length === 1) throw new ConfigError(faults[0]);
  const list = faults.map((fault) => `\n  ${new ConfigError(fault).message}`).join('');
  const found = `${faults.length} faults`;
  throw new ConfigError({ where: `${programName} ${command.name}`, found, fix: `Fix each:${list}` });
}

function applyPositionals(options: {
  command: Command;
  tree: Tree;
  sources: Map<string, string>;
  positionals: readonly string[];
}): void {
  const { command, tree, sources, positionals } = options;
  if (positionals.length === 0) return;
  const { positional } = command;
  const surplus = positional === undefined ? positionals[0] : positional.isArray ? undefined : positionals[1];
  if (surplus !== undefined) {
    const expected = positional === undefined ? 'flags only' : 'one argument';
    throw new ConfigError({ where: `argument "${surplus}"`, found: 'not known here', expected, fix: 'Remove it' });
  }
  sources.set(positional!.key, positional!.describe);
  tree[positional!.key] = positional!.isArray ? positionals : positionals[0];
}

function mergeConfig(options: {
  tree: Tree;
  sources: Map<string, string>;
  root: JsonSchema;
  path: string;
  command: Command;
}): void {
  const config = readConfigFile(options.path);
  rejectUnknownKeys(options.path, options.root, config, []);
  for (const [key, value] of Object.entries(config)) {
    options.tree[key] = value;
    options.sources.set(key, `${options.path}, key "${key}"`);
  }
}

function rejectUnknownKeys(path: string, schema: JsonSchema, value: Tree, prefix: readonly string[]): void {
  for (const [key, child] of Object.entries(value)) {
    const childSchema = childOf(schema, key, { where: path, prefix });
    if (childSchema.type === 'object' && typeof child === 'object' && child !== null && !Array.isArray(child)) {
      rejectUnknownKeys(path, childSchema, child as Tree, [...prefix, key]);
    }
  }
}

function applySet(options: { tree: Tree; sources: Map<string, string>; root: JsonSchema; text: string }): void {
  const { root, text } = options;
  const split = text.indexOf('=');
  if (split <= 0) {
    const fix = 'Write for example --set epochs=10';
    throw new ConfigError({ where: `--set ${text}`, found: 'no "key="', expected: 'key=value', fix });
  }
  const path = text.slice(0, split).split('.');
  const where = `--set ${path.join('.')}`;
  let schema = root;
  let tree = options.tree;
  path.forEach((key, depth) => {
    schema = childOf(schema, key, { where: '--set', prefix: path.slice(0, depth) });
    if (depth === path.length - 1) return;
    const child = Object.hasOwn(tree, key) ? tree[key] : undefined;
    const copy = typeof child === 'object' && child !== null ? { ...(child as Tree) } : {};
    tree[key] = copy;
    tree = copy;
  });
  tree[path.at(-1)!] = readText({ where, schema, text: text.slice(split + 1) });
  options.sources.set(path.join('.'), where);
}

function childOf(schema: JsonSchema, key: string, at: { where: string; prefix: readonly string[] }): JsonSchema {
  const properties = schema.properties ?? {};
  if (Object.hasOwn(properties, key)) return properties[key];
  if (typeof schema.additionalProperties === 'object' && key !== '__proto__') return schema.additionalProperties;
  const names = Object.keys(properties);
  const near = nearestName(key, names);
  const name = [...at.prefix, key].join('.');
  throw new ConfigError({
    where: `${at.where}, key "${name}"`,
    found: 'not known',
    expected: `one of ${names.join(', ')}`,
    fix: near === undefined ? 'Remove it' : `Did you mean "${[...at.prefix, near].join('.')}"? Rename it`,
  });
}

function readText(options: { where: string; schema: JsonSchema; text: string }): unknown {
  const { where, schema, text } = options;
  const parsed = parseValue(schema, text);
  if ('value' in parsed) return parsed.value;
  const expected = describeExpected(schema);
  const near = nearestChoice(schema, text);
  const fix = near === undefined ? `Give ${where} such a value` : `Did you mean ${near}?`;
  throw new ConfigError({ where, found: JSON.stringify(text), expected, fix });
}

// Of the values that a schema lists, the one that a text most likely meant.
function nearestChoice(schema: JsonSchema, text: string): string | undefined {
  return nearestName(
    text,
    alternatives(schema).flatMap(({ enum: choices = [] }) => choices.map(String)),
  );
}

function describeIssue(options: {
  issue: z.core.$ZodIssue;
  root: JsonSchema;
  sources: ReadonlyMap<string, string>;
  tree: Tree;
  command: Command;
}): { where: string; found: string; expected: string; fix: string } {
  const { issue, root, sources, tree, command } = options;
  const path = issue.path.map(String);
  const where = sourceOf(path, sources, command);
  const schema = schemaAt(root, path);
  const value = path.reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], tree);
  const isOwnMessage = issue.code === 'custom' || !/^(Invalid|Too|Unrecognized)/.test(issue.message);
  const expected = isOwnMessage ? issue.message : describeExpected(schema);
  if (value === undefined) {
    const what = root.properties?.[path[0] ?? '']?.description;
    const isArgument = command.positional?.key === path[0];
    const fix = isArgument ? `Name ${command.positional.describe}` : `Add ${where}${what ? ` (${what})` : ''}`;
    return { where, found: 'missing', expected, fix };
  }
  const near = typeof value === 'string' ? nearestChoice(schema, value) : undefined;
  const fix = near === undefined ? `Change ${where}` : `Did you mean ${near}?`;
  return { where, found: shorten(JSON.stringify(value)), expected, fix };
}

function sourceOf(path: readonly string[], sources: ReadonlyMap<string, string>, command: Command): string {
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(path.slice(0, length).join('.'));
    if (source !== undefined) return source;
  }
  if (path.length === 0) return command.name;
  if (command.positional?.key === path[0]) return command.positional.describe;
  return path.length === 1 ? `--${kebabCase(path[0])}` : `--set ${path.join('.')}`;
}

function schemaAt(root: JsonSchema, path: readonly string[]): JsonSchema {
  return path.reduce<JsonSchema>((schema, key) => schema.properties?.[key] ?? schema.items ?? schema, root);
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
