import { createRequire } from 'node:module';
import type { Argv, Options } from 'yargs';
import { ConfigError, nearestName } from '@featuremine/errors';
import type { Command } from './command';
import { kebabCase } from './kebab-case';
import { describeExpected, optionFields } from './option-schema';
import type { OptionField } from './option-schema';
import type { GivenOptions } from './resolve-options';

// yargs is loaded when a command line is read, so that requiring this package stays quick.
const loadModule = createRequire(__filename);

/** A set of commands under one name. */
export interface Program {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** Printed by --version. */
  readonly version?: string | undefined;
}

/** A command line that was read: a text to print, or a command with what was given to it. */
export type ParsedLine =
  | { readonly text: string }
  | { readonly command: Command; readonly given: GivenOptions; readonly json: boolean; readonly debug: boolean };

/** What yargs is asked for: values as texts, a help page, or completions for a shell. */
type Purpose = 'parse' | 'help' | 'complete';

const optionMakers = { parse: parseOption, help: helpOption, complete: completeOption } as const;

const jsonFlag: Record<string, Options> = {
  json: { type: 'boolean', describe: 'Print the result as one JSON object on stdout', group: 'Common:' },
};
const debugFlag: Record<string, Options> = {
  debug: { type: 'boolean', describe: 'Print the stack of an error, and more about what is done', group: 'Common:' },
};
const configFlags: Record<string, Options> = {
  config: { type: 'string', describe: 'JSON file of options; --set and flags win over it', group: 'Common:' },
  set: { type: 'string', describe: 'key=value for one option, dots for nested ones; repeatable', group: 'Common:' },
};

function commonFlags({ hasJson, hasConfig }: Command): Record<string, Options> {
  return { ...(hasJson ? jsonFlag : {}), ...debugFlag, ...(hasConfig ? configFlags : {}) };
}

/**
 * Reads a command line with yargs. Values stay texts: the schema reads them.
 *
 * @throws ConfigError for an unknown command or flag, a flag without a value, and a flag that is given twice.
 */
export function parseLine(program: Program, argv: readonly string[], widthColumns: number): ParsedLine {
  const purpose = purposeOf(argv);
  let text = '';
  let failure: unknown;
  const parser = buildParser({ program, purpose, widthColumns });
  const parsed = parser.parse([...argv], {}, (error: unknown, _: unknown, output: string) => {
    failure = error;
    text = output;
  }) as Record<string, unknown>;
  if (failure instanceof Error) throw failure;
  if (text !== '') return { text };
  const words = (parsed['_'] as (string | number)[]).map(String);
  const command = findCommand(program, words[0]);
  return { command, ...collectGiven({ command, program, parsed, positionals: words.slice(1) }) };
}

function buildParser(options: { program: Program; purpose: Purpose; widthColumns: number }): Argv {
  const { program, purpose, widthColumns } = options;
  const yargs = loadModule('yargs/yargs') as (argv: readonly string[]) => Argv;
  const parser = yargs([])
    .scriptName(program.name)
    .locale('en')
    .usage(`${program.name} <command>\n\n${program.summary}`)
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    })
    .exitProcess(false)
    .help('help')
    .alias('help', 'h')
    .group('help', 'Common:')
    .wrap(Math.min(120, widthColumns))
    .epilogue(`${program.name} COMMAND --help shows the flags of a command, with examples.`);
  if (program.version === undefined) parser.version(false);
  else parser.version(program.version);
  for (const example of program.commands[0]?.examples.slice(0, 1) ?? []) parser.example(example, '');
  for (const command of program.commands) {
    const build = (child: Argv): Argv => declareCommand(child, { program, command, purpose });
    parser.command(command.name, command.summary, build, () => undefined);
  }
  return parser.completion('completion', 'Print a completion script for the shell');
}

function declareCommand(
  parser: Argv,
  { program, command, purpose }: { program: Program; command: Command; purpose: Purpose },
): Argv {
  const { positional } = command;
  const argument = positional ? ` ${positional.describe}${positional.isArray ? '…' : ''}` : '';
  parser.usage(`${program.name} ${command.name}${argument} [flags]\n\n${command.summary}`);
  for (const field of optionFields(command.schema)) {
    if (field.key !== positional?.key) parser.option(field.flag, optionMakers[purpose](field));
  }
  parser.options(commonFlags(command));
  for (const example of command.examples) parser.example(example, '');
  return parser;
}

function purposeOf(argv: readonly string[]): Purpose {
  if (argv.includes('--get-yargs-completions')) return 'complete';
  return argv.includes('--help') || argv.includes('-h') ? 'help' : 'parse';
}

function parseOption({ schema }: OptionField): Options {
  return { type: schema.type === 'boolean' ? 'boolean' : 'string' };
}

function completeOption(field: OptionField): Options {
  const choices = field.schema.enum?.map(String);
  return { ...parseOption(field), ...(choices === undefined ? {} : { choices }) };
}

// Without a type, yargs prints none: the kind in words is in the description.
function helpOption(field: OptionField): Options {
  const { schema, defaultValue } = field;
  const isBoolean = schema.type === 'boolean';
  const isPlain = isBoolean || (schema.type === 'string' && !schema.enum);
  const kind = isPlain ? '' : ` [${describeExpected(schema).replace(/^an? /, '')}]`;
  const text = defaultText(defaultValue);
  return {
    ...(isBoolean ? { type: 'boolean' } : {}),
    ...(text === undefined ? {} : { defaultDescription: text }),
    describe: `${field.description}${kind}${field.isRequired ? ' [required]' : ''}`,
    group: 'Flags:',
  };
}

function defaultText(value: unknown): string | undefined {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function findCommand(program: Program, name: string | undefined): Command {
  const found = program.commands.find((command) => command.name === name);
  if (found) return found;
  const names = program.commands.map((command) => command.name);
  const near = name === undefined ? undefined : nearestName(name, names);
  throw new ConfigError({
    where: program.name,
    found: name === undefined ? 'no command' : `unknown command "${name}"`,
    expected: names.join(', '),
    fix: near === undefined ? `See ${program.name} --help` : `Did you mean "${near}"? See ${program.name} --help`,
  });
}

function collectGiven(options: {
  command: Command;
  program: Program;
  parsed: Readonly<Record<string, unknown>>;
  positionals: readonly string[];
}): { given: GivenOptions; json: boolean; debug: boolean } {
  const { command, parsed, positionals } = options;
  const fields = new Map(optionFields(command.schema).map((field) => [field.flag, field]));
  if (command.positional) fields.delete(kebabCase(command.positional.key));
  const common = Object.keys(commonFlags(command));
  const flags = new Map<string, string | boolean>();
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '_' || name === '$0') continue;
    const field = fields.get(name);
    if (field) flags.set(field.key, single(name, value, field.schema.type === 'array'));
    else if (!common.includes(name)) {
      const asWritten = value === false ? `no-${name}` : name; // yargs takes --no-x for x, switched off
      throw unknownFlag(options.program, command, asWritten, [...fields.keys(), ...common]);
    }
  }
  const configPath = command.hasConfig && 'config' in parsed ? single('config', parsed['config'], false) : undefined;
  const sets =
    command.hasConfig && 'set' in parsed ? [parsed['set']].flat().map((text) => single('set', text, false)) : [];
  return {
    given: { flags, positionals, configPath: configPath as string | undefined, sets: sets as string[] },
    json: isOn('json', parsed),
    debug: isOn('debug', parsed),
  };
}

function isOn(name: string, parsed: Readonly<Record<string, unknown>>): boolean {
  return name in parsed && single(name, parsed[name], false) === true;
}

function single(name: string, value: unknown, isList: boolean): string | boolean {
  const where = `--${name}`;
  if (Array.isArray(value)) {
    if (isList) return value.map((part) => single(name, part, false)).join(',');
    const found = `given ${value.length} times (${value.map((part) => JSON.stringify(part)).join(', ')})`;
    throw new ConfigError({ where, found, expected: 'it once', fix: 'Keep the one that you mean' });
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && value !== '') return value;
  throw new ConfigError({
    where,
    found: 'no value',
    expected: `${where} VALUE`,
    fix: 'Give it a value, or leave it out',
  });
}

function unknownFlag(program: Program, command: Command, name: string, known: readonly string[]): ConfigError {
  const dashed = (flag: string): string => (flag.length === 1 ? `-${flag}` : `--${flag}`);
  const near = nearestName(name, known);
  const help = `See ${program.name} ${command.name} --help`;
  return new ConfigError({
    where: dashed(name),
    found: 'unknown flag',
    fix: near === undefined ? help : `Did you mean ${dashed(near)}? ${help}`,
  });
}
