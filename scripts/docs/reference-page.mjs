// The reference page of a program as Markdown, made of its commands' schemas.
import { describeExpected, optionFields } from '@featuremine/command-line';
import { anchorOf } from './markdown.mjs';

/** The first line of each page. */
export const NOTE = '<!-- Made by `npm run docs:reference` from the schemas. Changes belong there. -->';

/**
 * @param {import('@featuremine/command-line').Program} program
 * @returns {string} the page, ending with a line end
 */
export function referencePage(program) {
  const { name, summary, commands } = program;
  const list = commands.map(
    (command) => `- [${command.name}](#${anchorOf(`${name} ${command.name}`)}): ${command.summary}`,
  );
  const head = [NOTE, `# ${name}`, sentence(summary), list.join('\n'), commonText(name)];
  return `${[...head, ...commands.map((command) => commandText(name, command))].join('\n\n')}\n`;
}

const commonText = (name) =>
  name === 'npm run'
    ? 'Flags stand behind `--`: `npm run demo -- --seed 1`. Each command also takes `--json`, `--debug` and `--help`.'
    : `Each command also takes \`--json\` (one JSON object on stdout), \`--debug\` (stacks and more detail) and \`--help\`. Lists ` +
      `are split at commas. \`${name} completion\` prints a completion script for the shell.`;

/** A text with one full stop at its end. */
export function sentence(text) {
  return `${text.replace(/\.$/, '')}.`;
}

/** The part of a page about one command: what it does, examples, arguments, flags. */
export function commandText(program, command) {
  const { positional, hasConfig = false } = command;
  const all = optionFields(command.schema);
  const fields = all.filter(({ key }) => key !== positional?.key);
  const config = hasConfig
    ? 'Also `--config FILE.json` with the keys below, and `--set key=value`, with dots for nested keys. A flag wins over ' +
      '`--set`, `--set` over the file.'
    : undefined;
  const examples = ['```sh', ...command.examples, '```'].join('\n');
  const parts = [`## ${program} ${command.name}`, sentence(command.summary), examples, config];
  if (positional !== undefined) parts.push(argumentsText(positional, all));
  if (fields.length > 0) parts.push(table(fields, hasConfig));
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function argumentsText({ key, describe, isArray }, fields) {
  const { description, defaultValue } = fields.find((field) => field.key === key);
  const value = defaultText(defaultValue);
  const what = `Arguments: \`${describe}${isArray === true ? '…' : ''}\`. ${sentence(inMarkdown(description))}`;
  return value === '' ? what : `${what} Default: ${value}.`;
}

// A column of keys helps only where a file may hold them.
function table(fields, hasConfig) {
  const titles = ['flag', ...(hasConfig ? ['key'] : []), 'value', 'default', 'what'];
  const keep = (cells) => (hasConfig ? cells : cells.filter((_, i) => i !== 1));
  const lines = fields.flatMap((field) => rows(field, hasConfig)).map((cells) => line(keep(cells)));
  return [line(titles), line(titles.map(() => '---')), ...lines].join('\n');
}

function rows(field, hasConfig) {
  const { key, flag, schema, description, defaultValue, isRequired } = field;
  const value = isRequired ? 'required' : defaultText(defaultValue);
  return [
    [`\`--${flag}\``, `\`${key}\``, describeExpected(schema), value, description],
    ...(hasConfig ? nested(key, schema) : []),
  ];
}

// Keys below a key are set by --set and in files only.
function nested(prefix, schema) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const key = `${prefix}.${name}`;
    const what = child.description ?? '';
    const row = [`\`--set ${key}=…\``, `\`${key}\``, describeExpected(child), defaultText(child.default), what];
    return [row, ...nested(key, child)];
  });
}

function defaultText(value) {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`${value.join(',')}\``;
  if (typeof value === 'object' && Object.keys(value).length === 0) return '';
  return value === '' ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function line(cells) {
  return `| ${cells.map((cell) => inMarkdown(String(cell)).replace(/\|/g, '\\|').replace(/\n/g, ' ')).join(' | ')} |`;
}

function inMarkdown(text) {
  return text.replace(/</g, '&lt;').replace(/\*/g, '\\*');
}
